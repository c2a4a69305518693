package ai.hartonomous.model.transformer;

/// Sequences of equal length. A shorter sequence may be filled up on the right: in a causal model
/// the filling cannot reach what stands before it.
///
/// @param ids token ids `[B, T]`, row-major
/// @param sequences `B`
/// @param length `T`
public record Batch(int[] ids, int sequences, int length) {

  /// Checks the extents.
  ///
  /// @throws IllegalArgumentException if `ids` is not `sequences * length` long, or empty
  public Batch {
    if (sequences < 1 || length < 1 || ids.length != Math.multiplyExact(sequences, length)) {
      throw new IllegalArgumentException(
          "%d ids for %d sequences of %d".formatted(ids.length, sequences, length));
    }
  }

  /// {@return a batch of one sequence}
  ///
  /// @param ids token ids `[T]`
  public static Batch of(int... ids) {
    return new Batch(ids, 1, ids.length);
  }

  /// {@return `B T`}
  public int rows() {
    return ids.length;
  }
}
