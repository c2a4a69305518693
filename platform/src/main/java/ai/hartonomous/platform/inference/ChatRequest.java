package ai.hartonomous.platform.inference;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A chat request of an OpenAI client. Fields that are not known are ignored, as clients expect;
/// those that would change the answer and are not supported are refused.
///
/// @param model id or name of a deployed agent
/// @param messages the conversation
/// @param stream whether the answer comes token by token
/// @param streamOptions may ask for usage at the end of a stream
/// @param maxTokens most new tokens
/// @param maxCompletionTokens newer name of the same
/// @param temperature 0 for the likeliest tokens; 1 if null
/// @param topP nucleus; 1 if null
/// @param seed decides random choices
/// @param stop a text or a list of texts that end the answer
/// @param n number of answers; only 1
/// @param tools not supported yet
/// @param responseFormat only `text`
/// @param logprobs not supported yet
/// @param frequencyPenalty not supported yet; 0 is allowed
/// @param presencePenalty not supported yet; 0 is allowed
/// @param logitBias not supported yet; an empty object is allowed
@JsonIgnoreProperties(ignoreUnknown = true)
record ChatRequest(
    @Nullable String model,
    @Nullable List<Message> messages,
    @Nullable Boolean stream,
    @JsonProperty("stream_options") @Nullable StreamOptions streamOptions,
    @JsonProperty("max_tokens") @Nullable Integer maxTokens,
    @JsonProperty("max_completion_tokens") @Nullable Integer maxCompletionTokens,
    @Nullable Double temperature,
    @JsonProperty("top_p") @Nullable Double topP,
    @Nullable Long seed,
    @Nullable JsonNode stop,
    @Nullable Integer n,
    @Nullable JsonNode tools,
    @JsonProperty("response_format") @Nullable JsonNode responseFormat,
    @Nullable Boolean logprobs,
    @JsonProperty("frequency_penalty") @Nullable Double frequencyPenalty,
    @JsonProperty("presence_penalty") @Nullable Double presencePenalty,
    @JsonProperty("logit_bias") @Nullable JsonNode logitBias) {

  /// One message.
  ///
  /// @param role `system`, `developer`, `user`, `assistant` or `tool`
  /// @param content a text, or a list of parts of type `text`
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Message(@Nullable String role, @Nullable JsonNode content) {}

  /// Options of a stream.
  ///
  /// @param includeUsage whether a last chunk tells the usage
  @JsonIgnoreProperties(ignoreUnknown = true)
  record StreamOptions(@JsonProperty("include_usage") @Nullable Boolean includeUsage) {}
}
