package ai.hartonomous.interpret.attribute;

import org.jspecify.annotations.Nullable;

/// A prompt with its right and wrong answer, and the same prompt corrupted.
///
/// @param clean token ids `[T]`
/// @param corrupted token ids `[T]` of the corrupted prompt, or null: then features are compared
///   with 0
/// @param right token that the clean prompt should be followed by
/// @param wrong token that it should not be followed by
public record PromptPair(int[] clean, int @Nullable [] corrupted, int right, int wrong) {

  /// Checks the lengths.
  ///
  /// @throws IllegalArgumentException if the prompts differ in length, or are empty
  // Not the compact form: the compiler drops its type annotations, and NullAway reads them.
  public PromptPair(int[] clean, int @Nullable [] corrupted, int right, int wrong) {
    if (clean.length == 0 || (corrupted != null && corrupted.length != clean.length)) {
      throw new IllegalArgumentException(
          "a clean prompt of %d tokens and a corrupted one of %d"
              .formatted(clean.length, corrupted == null ? 0 : corrupted.length));
    }
    this.clean = clean;
    this.corrupted = corrupted;
    this.right = right;
    this.wrong = wrong;
  }
}
