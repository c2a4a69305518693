package ai.hartonomous.interpret.circuit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A clean prompt, a corrupted one of the same length in which the answer does not follow, and what
/// is asked at which positions.
///
/// @param id names the item in messages
/// @param clean token ids `[T]`
/// @param corrupted token ids `[T]`, or null where there is only a clean prompt
/// @param targets what is asked, at least one
public record ContrastItem(
    String id, int[] clean, int @Nullable [] corrupted, List<Target> targets) {

  /// Checks lengths and positions.
  ///
  /// @param id names the item in messages
  /// @param clean token ids `[T]`
  /// @param corrupted token ids `[T]`, or null where there is only a clean prompt
  /// @param targets what is asked, at least one
  /// @throws IllegalArgumentException if the prompts differ in length, are empty, or a position
  ///   lies outside
  public ContrastItem(String id, int[] clean, int @Nullable [] corrupted, List<Target> targets) {
    if (clean.length == 0 || targets.isEmpty()) {
      throw new IllegalArgumentException("item %s: no tokens or nothing asked".formatted(id));
    }
    if (corrupted != null && corrupted.length != clean.length) {
      throw new IllegalArgumentException(
          "item %s: clean prompt of %d tokens, corrupted one of %d; both need the same number"
              .formatted(id, clean.length, corrupted.length));
    }
    for (Target target : targets) {
      if (target.position() < 0 || target.position() >= clean.length) {
        throw new IllegalArgumentException(
            "item %s: position %d outside %d tokens"
                .formatted(id, target.position(), clean.length));
      }
    }
    this.id = id;
    this.clean = clean;
    this.corrupted = corrupted;
    this.targets = List.copyOf(targets);
  }

  /// What is asked at one position.
  ///
  /// @param position whose output is read
  /// @param answers outputs that are right
  /// @param wrong outputs that would be right after the corrupted prompt
  public record Target(int position, int[] answers, int[] wrong) {}

  /// {@return an item that asks for one output after the last token}
  ///
  /// @param id names the item
  /// @param clean token ids `[T]`
  /// @param corrupted token ids `[T]`, or null
  /// @param answer the right output
  /// @param wrong the output that would be right after the corrupted prompt
  public static ContrastItem of(
      String id, int[] clean, int @Nullable [] corrupted, int answer, int wrong) {
    Target target = new Target(clean.length - 1, new int[] {answer}, new int[] {wrong});
    return new ContrastItem(id, clean, corrupted, List.of(target));
  }
}
