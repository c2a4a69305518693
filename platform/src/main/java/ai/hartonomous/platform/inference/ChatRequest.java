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
/// @param n number of answers; 1 if null
/// @param tools functions that may be called
/// @param toolChoice whether one is called: `none`, `auto`, `required` or a function
/// @param responseFormat any text, any JSON object, or what a JSON schema says
/// @param logprobs whether the tokens of the answer are scored
/// @param topLogprobs likeliest tokens told with each
/// @param frequencyPenalty lowers tokens by how often the answer has them
/// @param presencePenalty lowers tokens that the answer has
/// @param logitBias added to the logits of token ids
/// @param topK only so many likeliest tokens; all if null
/// @param minP only tokens so likely beside the likeliest; 0 if null
/// @param hartonomous what goes beyond OpenAI's interface
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
    @JsonProperty("tool_choice") @Nullable JsonNode toolChoice,
    @JsonProperty("response_format") @Nullable JsonNode responseFormat,
    @Nullable Boolean logprobs,
    @JsonProperty("top_logprobs") @Nullable Integer topLogprobs,
    @JsonProperty("frequency_penalty") @Nullable Double frequencyPenalty,
    @JsonProperty("presence_penalty") @Nullable Double presencePenalty,
    @JsonProperty("logit_bias") @Nullable JsonNode logitBias,
    @JsonProperty("top_k") @Nullable Integer topK,
    @JsonProperty("min_p") @Nullable Double minP,
    @Nullable Extension hartonomous)
    implements SamplingRequest {

  /// One message.
  ///
  /// @param role `system`, `developer`, `user`, `assistant` or `tool`
  /// @param content a text, or a list of parts of type `text`
  /// @param name who speaks, where several have the same role
  /// @param toolCalls functions that the assistant called
  /// @param toolCallId which call a message of role `tool` answers
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Message(
      @Nullable String role,
      @Nullable JsonNode content,
      @Nullable String name,
      @JsonProperty("tool_calls") @Nullable JsonNode toolCalls,
      @JsonProperty("tool_call_id") @Nullable String toolCallId) {}

  /// Options of a stream.
  ///
  /// @param includeUsage whether a last chunk tells the usage
  @JsonIgnoreProperties(ignoreUnknown = true)
  record StreamOptions(@JsonProperty("include_usage") @Nullable Boolean includeUsage) {}
}
