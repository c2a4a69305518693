package ai.hartonomous.platform.inference;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An embedding request of an OpenAI client; fields that are not known are ignored.
///
/// @param model id or name of a deployed agent
/// @param input a text, the token ids of one, or a list of either
/// @param encodingFormat `float` or `base64`; `float` if null
/// @param dimensions leading numbers of each vector that are wanted; all if null
/// @param hartonomous what goes beyond OpenAI's interface, or null
@JsonIgnoreProperties(ignoreUnknown = true)
record EmbeddingRequest(
    @Nullable String model,
    @Nullable JsonNode input,
    @JsonProperty("encoding_format") @Nullable String encodingFormat,
    @Nullable Integer dimensions,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Own hartonomous) {

  /// What goes beyond OpenAI's interface.
  ///
  /// @param space what the numbers mean: `hidden` or `probe`; `hidden` if null
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Own(@Nullable String space) {}

  /// {@return which vectors are wanted}
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException with status 400 if there are no such
  VectorSpace space() {
    return VectorSpace.of(hartonomous == null ? null : hartonomous.space());
  }
}
