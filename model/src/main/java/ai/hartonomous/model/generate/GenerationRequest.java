package ai.hartonomous.model.generate;

import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What to generate.
///
/// @param prompt ids of the text to continue, at least one
/// @param sampling how tokens are chosen
/// @param maxTokens most new tokens, or 0 to score the prompt only; the model's context may end it
///   sooner
/// @param stops texts that end the generation and are not part of it; none empty, at most 16
/// @param stopIds ids that end the generation and are not part of it
/// @param scores which tokens are scored
/// @param steering what is changed within the models; at most 16
/// @param unstopped a text that begins with this is not ended by stop texts; or null
public record GenerationRequest(
    int[] prompt,
    Sampling sampling,
    int maxTokens,
    List<String> stops,
    Set<Integer> stopIds,
    Scores scores,
    List<Steering> steering,
    @Nullable String unstopped) {

  private static final int MOST_STOPS = 16;
  private static final int MOST_STEERED = 16;

  /// Which tokens are scored.
  ///
  /// @param alternatives likeliest tokens told with each score, at most 20; or -1 for no scores
  /// @param prompt whether the tokens of the prompt are scored too, all but the first
  /// @param components heads, neurons and features told with each new token, strongest first, at
  ///   most 100; 0 for no {@link Explanation}
  /// @param transcoders tell features in the place of neurons of their layers, each of another one;
  ///   for one model alone
  public record Scores(
      int alternatives, boolean prompt, int components, List<Transcoder> transcoders) {

    /// No tokens.
    public static final Scores NONE = new Scores(-1, false);

    private static final int MOST = 20;
    private static final int MOST_COMPONENTS = 100;

    /// Explains nothing.
    ///
    /// @param alternatives as in the record
    /// @param prompt as in the record
    public Scores(int alternatives, boolean prompt) {
      this(alternatives, prompt, 0);
    }

    /// Explains without transcoders.
    ///
    /// @param alternatives as in the record
    /// @param prompt as in the record
    /// @param components as in the record
    public Scores(int alternatives, boolean prompt, int components) {
      this(alternatives, prompt, components, List.of());
    }

    /// Checks and copies.
    ///
    /// @throws IllegalArgumentException if there are too many alternatives or components
    public Scores {
      transcoders = List.copyOf(transcoders);
      if (alternatives < -1 || alternatives > MOST) {
        throw new IllegalArgumentException(
            "%d alternatives, must be 0 to %d".formatted(alternatives, MOST));
      }
      if (components < 0 || components > MOST_COMPONENTS) {
        throw new IllegalArgumentException(
            "%d components, must be 0 to %d".formatted(components, MOST_COMPONENTS));
      }
    }

    /// {@return the same with transcoders}
    ///
    /// @param wanted as in the record
    public Scores with(List<Transcoder> wanted) {
      return new Scores(alternatives, prompt, components, wanted);
    }

    /// {@return whether any token is scored}
    public boolean wanted() {
      return alternatives >= 0;
    }
  }

  /// Nothing is steered.
  ///
  /// @param prompt as in the record
  /// @param sampling as in the record
  /// @param maxTokens as in the record
  /// @param stops as in the record
  /// @param stopIds as in the record
  /// @param scores as in the record
  public GenerationRequest(
      int[] prompt,
      Sampling sampling,
      int maxTokens,
      List<String> stops,
      Set<Integer> stopIds,
      Scores scores) {
    this(prompt, sampling, maxTokens, stops, stopIds, scores, List.of(), null);
  }

  /// No token is scored.
  ///
  /// @param prompt as in the record
  /// @param sampling as in the record
  /// @param maxTokens as in the record
  /// @param stops as in the record
  /// @param stopIds as in the record
  public GenerationRequest(
      int[] prompt, Sampling sampling, int maxTokens, List<String> stops, Set<Integer> stopIds) {
    this(prompt, sampling, maxTokens, stops, stopIds, Scores.NONE);
  }

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException if a part is outside its range
  public GenerationRequest {
    prompt = prompt.clone();
    stops = List.copyOf(stops);
    stopIds = Set.copyOf(stopIds);
    steering = List.copyOf(steering);
    if (prompt.length == 0) {
      throw new IllegalArgumentException("the prompt has no tokens");
    }
    if (maxTokens < (scores.prompt() ? 0 : 1)) {
      throw new IllegalArgumentException(
          "max tokens is %d, must be 1 or more".formatted(maxTokens));
    }
    if (stops.size() > MOST_STOPS || stops.contains("")) {
      throw new IllegalArgumentException(
          "%d stop texts, must be at most %d and none empty".formatted(stops.size(), MOST_STOPS));
    }
    if (steering.size() > MOST_STEERED) {
      throw new IllegalArgumentException(
          "%d steered components and features, must be at most %d"
              .formatted(steering.size(), MOST_STEERED));
    }
  }

  /// {@return a request that ends where the document does: at the end token, or at a begin token,
  /// which some models write instead}
  ///
  /// @param tokenizer of the model
  /// @param prompt text to continue; the begin token is put before it where the model wants one
  /// @param sampling how tokens are chosen
  /// @param maxTokens most new tokens
  /// @throws IllegalArgumentException if a part is outside its range, or the text has no tokens
  public static GenerationRequest of(
      Tokenizer tokenizer, String prompt, Sampling sampling, int maxTokens) {
    return new GenerationRequest(
        tokenizer.encodePrompt(prompt), sampling, maxTokens, List.of(), endIds(tokenizer));
  }

  /// {@return ids that end a document or a turn}
  ///
  /// @param tokenizer of the model
  public static Set<Integer> endIds(Tokenizer tokenizer) {
    Set<Integer> ids = new HashSet<>(tokenizer.endIds());
    tokenizer.beginId().ifPresent(ids::add);
    return Set.copyOf(ids);
  }

  /// {@return the same with stop texts}
  ///
  /// @param texts as in the record
  public GenerationRequest withStops(List<String> texts) {
    return new GenerationRequest(
        prompt, sampling, maxTokens, texts, stopIds, scores, steering, unstopped);
  }

  /// {@return the same with scores}
  ///
  /// @param wanted as in the record
  public GenerationRequest withScores(Scores wanted) {
    return new GenerationRequest(
        prompt, sampling, maxTokens, stops, stopIds, wanted, steering, unstopped);
  }

  /// {@return the same with steered components}
  ///
  /// @param wanted as in the record
  public GenerationRequest withSteering(List<Steering> wanted) {
    return new GenerationRequest(
        prompt, sampling, maxTokens, stops, stopIds, scores, wanted, unstopped);
  }
}
