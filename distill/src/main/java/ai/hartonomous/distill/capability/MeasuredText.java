package ai.hartonomous.distill.capability;

import ai.hartonomous.model.tokenizer.Tokenizer;

/// What of an item is measured, as tokens: for learning from items and for attributing to parts of
/// a model.
public final class MeasuredText {
  private final ContinuationEncoder encoder;

  /// Encodes for one model.
  ///
  /// @param tokenizer its tokenizer
  /// @param context longest sequence it reads, in tokens
  public MeasuredText(Tokenizer tokenizer, int context) {
    encoder = new ContinuationEncoder(tokenizer, context);
  }

  /// Tokens of which the last ones are measured.
  ///
  /// @param ids all tokens; the model reads all but the last
  /// @param from number of the first measured one, at least 1
  public record Tokens(int[] ids, int from) {}

  /// {@return prompt and right text of an item; of a text that is longer than the context, as much
  /// as fits}
  ///
  /// @param item any item
  /// @throws SuiteException if it does not fit the tokenizer or the context
  public Tokens tokens(CapabilityItem item) throws SuiteException {
    Continuation continuation =
        item.task() instanceof Task.Text(String text, _)
            ? encoder.windows(text, item.id()).windows().getFirst()
            : encoder.encode(item.prompt(), item.answer(), item.id());
    return new Tokens(continuation.ids(), continuation.from());
  }
}
