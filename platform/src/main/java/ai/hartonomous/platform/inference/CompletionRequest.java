package ai.hartonomous.platform.inference;

import ai.hartonomous.platform.inference.ChatRequest.StreamOptions;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A completion request of an OpenAI client; see {@link ChatRequest}.
///
/// @param model id or name of a deployed agent
/// @param prompt a text
/// @param stream whether the answer comes token by token
/// @param streamOptions may ask for usage at the end of a stream
/// @param maxTokens most new tokens; 16 if null
/// @param temperature 0 for the likeliest tokens; 1 if null
/// @param topP nucleus; 1 if null
/// @param seed decides random choices
/// @param stop a text or a list of texts that end the answer
/// @param n number of answers; only 1
/// @param echo not supported yet
/// @param logprobs not supported yet
/// @param frequencyPenalty not supported yet; 0 is allowed
/// @param presencePenalty not supported yet; 0 is allowed
/// @param logitBias not supported yet; an empty object is allowed
@JsonIgnoreProperties(ignoreUnknown = true)
record CompletionRequest(
    @Nullable String model,
    @Nullable JsonNode prompt,
    @Nullable Boolean stream,
    @JsonProperty("stream_options") @Nullable StreamOptions streamOptions,
    @JsonProperty("max_tokens") @Nullable Integer maxTokens,
    @Nullable Double temperature,
    @JsonProperty("top_p") @Nullable Double topP,
    @Nullable Long seed,
    @Nullable JsonNode stop,
    @Nullable Integer n,
    @Nullable Boolean echo,
    @Nullable Integer logprobs,
    @JsonProperty("frequency_penalty") @Nullable Double frequencyPenalty,
    @JsonProperty("presence_penalty") @Nullable Double presencePenalty,
    @JsonProperty("logit_bias") @Nullable JsonNode logitBias) {}
