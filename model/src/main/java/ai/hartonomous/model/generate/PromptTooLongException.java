package ai.hartonomous.model.generate;

/// A prompt that leaves no room for a new token in the model's context. It is never cut silently:
/// whoever asks decides what to leave out.
public final class PromptTooLongException extends IllegalArgumentException {

  private final int promptTokens;
  private final int contextTokens;

  /// Describes the prompt.
  ///
  /// @param promptTokens tokens of the prompt
  /// @param contextTokens tokens the model can read, prompt and answer together
  public PromptTooLongException(int promptTokens, int contextTokens) {
    super(
        "the prompt has %d tokens; the model reads %d, prompt and answer together"
            .formatted(promptTokens, contextTokens));
    this.promptTokens = promptTokens;
    this.contextTokens = contextTokens;
  }

  /// {@return tokens of the prompt}
  public int promptTokens() {
    return promptTokens;
  }

  /// {@return tokens the model can read, prompt and answer together}
  public int contextTokens() {
    return contextTokens;
  }
}
