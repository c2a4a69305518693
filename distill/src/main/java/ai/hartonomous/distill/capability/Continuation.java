package ai.hartonomous.distill.capability;

import java.util.Arrays;

/// Tokens of which the last ones are measured.
///
/// @param ids all tokens, `[T]`
/// @param from number of the first measured one, at least 1: it needs one before it
record Continuation(int[] ids, int from) {

  Continuation {
    if (from < 1 || from >= ids.length) {
      throw new IllegalArgumentException("token %d of %d".formatted(from, ids.length));
    }
  }

  /// {@return what the model reads: all tokens but the last}
  int[] read() {
    return Arrays.copyOf(ids, ids.length - 1);
  }
}
