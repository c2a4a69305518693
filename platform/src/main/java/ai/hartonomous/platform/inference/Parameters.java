package ai.hartonomous.platform.inference;

import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.PromptTooLongException;
import ai.hartonomous.model.generate.Sampling;
import ai.hartonomous.platform.deployment.LoadedAgent;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.Problem.FieldError;
import ai.hartonomous.platform.web.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What both kinds of request say about the answer, in OpenAI's words.
///
/// @param maxTokens most new tokens, or null for as many as fit
/// @param temperature 0 to 2, or null for 1
/// @param topP above 0, at most 1, or null for 1
/// @param seed or null for any
/// @param stop a text, a list of up to 4 texts, or null
record Parameters(
    @Nullable Integer maxTokens,
    @Nullable Double temperature,
    @Nullable Double topP,
    @Nullable Long seed,
    @Nullable JsonNode stop) {

  private static final int MOST_STOPS = 4;

  static Parameters of(ChatRequest request) {
    refuse(request.tools() != null && !request.tools().isEmpty(), "tools");
    refuse(Boolean.TRUE.equals(request.logprobs()), "logprobs");
    refuse(request.n() != null && request.n() != 1, "n");
    JsonNode format = request.responseFormat();
    refuse(
        format != null && !format.isNull() && !format.path("type").asString("").equals("text"),
        "response_format");
    refuseBiases(request.frequencyPenalty(), request.presencePenalty(), request.logitBias());
    Integer most = request.maxCompletionTokens();
    return new Parameters(
        most == null ? request.maxTokens() : most,
        request.temperature(),
        request.topP(),
        request.seed(),
        request.stop());
  }

  static Parameters of(CompletionRequest request) {
    refuse(Boolean.TRUE.equals(request.echo()), "echo");
    refuse(request.logprobs() != null, "logprobs");
    refuse(request.n() != null && request.n() != 1, "n");
    refuseBiases(request.frequencyPenalty(), request.presencePenalty(), request.logitBias());
    return new Parameters(
        Objects.requireNonNullElse(request.maxTokens(), 16),
        request.temperature(),
        request.topP(),
        request.seed(),
        request.stop());
  }

  private static void refuseBiases(
      @Nullable Double frequency, @Nullable Double presence, @Nullable JsonNode bias) {
    refuse(frequency != null && frequency != 0, "frequency_penalty");
    refuse(presence != null && presence != 0, "presence_penalty");
    refuse(bias != null && !bias.isEmpty(), "logit_bias");
  }

  private static void refuse(boolean wanted, String field) {
    if (wanted) {
      throw Problem.invalid(field, "is not supported by this version");
    }
  }

  /// {@return what to generate}
  ///
  /// @param agent whose tokens to use
  /// @param prompt text to continue
  /// @throws ProblemException if a parameter is out of range or the prompt too long
  GenerationRequest request(LoadedAgent agent, String prompt) {
    int context = agent.model().config().extents().positions();
    int most = Objects.requireNonNullElse(maxTokens, context);
    if (most < 1) {
      throw Problem.invalid("max_tokens", "must be at least 1");
    }
    GenerationRequest request;
    try {
      request = GenerationRequest.of(agent.tokenizer(), prompt, sampling(), most);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("prompt", String.valueOf(e.getMessage()));
    }
    int length = request.prompt().length;
    if (length >= context) {
      throw tooLong(new PromptTooLongException(length, context));
    }
    return request.withStops(stops());
  }

  private static ProblemException tooLong(PromptTooLongException failure) {
    String message = String.valueOf(failure.getMessage());
    return new ProblemException(
        new Problem(
            400, "context-length-exceeded", message, List.of(new FieldError("messages", message))));
  }

  private Sampling sampling() {
    double heat = Objects.requireNonNullElse(temperature, 1.0);
    double nucleus = Objects.requireNonNullElse(topP, 1.0);
    if (!(heat >= 0 && heat <= 2)) {
      throw Problem.invalid("temperature", "must be 0 to 2");
    }
    if (!(nucleus > 0 && nucleus <= 1)) {
      throw Problem.invalid("top_p", "must be above 0 and at most 1");
    }
    long start = seed == null ? ThreadLocalRandom.current().nextLong() : seed;
    return new Sampling(heat, 0, nucleus, 0, start);
  }

  private List<String> stops() {
    if (stop == null || stop.isNull()) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode text : stop.isArray() ? stop : List.of(stop)) {
      if (!text.isString() || text.asString().isEmpty()) {
        throw Problem.invalid("stop", "must be texts that are not empty");
      }
      texts.add(text.asString());
    }
    if (texts.size() > MOST_STOPS) {
      throw Problem.invalid("stop", "must be at most %d texts".formatted(MOST_STOPS));
    }
    return texts;
  }
}
