package ai.hartonomous.platform.inference;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An embedding request of an OpenAI client; fields that are not known are ignored.
///
/// @param model id or name of a deployed agent
/// @param input a text, the token ids of one, or a list of either
/// @param encodingFormat `float` or `base64`; `float` if null
/// @param dimensions leading numbers of each vector that are wanted; all if null
@JsonIgnoreProperties(ignoreUnknown = true)
record EmbeddingRequest(
    @Nullable String model,
    @Nullable JsonNode input,
    @JsonProperty("encoding_format") @Nullable String encodingFormat,
    @Nullable Integer dimensions) {}
