package ai.hartonomous.model.generate;

import java.time.Duration;

/// What was generated.
///
/// @param text new text, without any stop text
/// @param ids new tokens, without any stop token
/// @param reason why it ended
/// @param promptTokens tokens of the prompt
/// @param timings how long it took
public record Generation(
    String text, int[] ids, FinishReason reason, int promptTokens, Timings timings) {

  /// Why a generation ended.
  public enum FinishReason {
    /// A stop text or a stop token came.
    STOP,
    /// The most tokens, or the end of the model's context, were reached.
    LENGTH;

    /// {@return the name that the OpenAI interface uses: `stop` or `length`}
    public String label() {
      return this == STOP ? "stop" : "length";
    }
  }

  /// How long a generation took.
  ///
  /// @param prompt reading the prompt, until the first token could be chosen
  /// @param tokens choosing and reading new tokens
  public record Timings(Duration prompt, Duration tokens) {}

  /// {@return new tokens per second after the prompt was read; 0 where there were none}
  public double rateTokensPerSecond() {
    double seconds = timings.tokens().toNanos() / 1e9;
    return seconds == 0 ? 0 : ids.length / seconds;
  }
}
