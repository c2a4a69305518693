package ai.hartonomous.interpret.capture;

import java.util.SplittableRandom;

/// Orders that follow from numbers alone.
final class Shuffle {
  private Shuffle() {}

  /// {@return the numbers from 0 to `count`, shuffled (Fisher and Yates), or in order if the seed
  /// is 0}
  ///
  /// @param count how many
  /// @param seed of all orders of a stream
  /// @param epoch which time through the values
  /// @param part which part of them
  static int[] order(int count, long seed, long epoch, long part) {
    // Neighbouring seeds, epochs and parts must not give related orders: mix, do not add.
    long mixed = new SplittableRandom(seed).nextLong() ^ epoch;
    mixed = new SplittableRandom(mixed).nextLong() ^ part;
    var random = new SplittableRandom(mixed);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = seed == 0 ? i : random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
