package ai.hartonomous.model.tokenizer;

import java.util.List;
import java.util.OptionalInt;

/// Checks of token ids.
final class Ids {

  private Ids() {}

  /// {@return the entry of `id`}
  ///
  /// @throws IllegalArgumentException if there is none
  static <T> T checked(List<T> vocabulary, int id) {
    if (id < 0 || id >= vocabulary.size()) {
      throw new IllegalArgumentException(
          "id %d outside the vocabulary of %d".formatted(id, vocabulary.size()));
    }
    return vocabulary.get(id);
  }

  /// {@return `id`, or nothing if it is negative}
  static OptionalInt optional(int id) {
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
