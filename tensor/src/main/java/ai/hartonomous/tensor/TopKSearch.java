package ai.hartonomous.tensor;

/// What a search for the largest latents passes on to the next: a guess below which nothing will be
/// among them. A wrong guess costs time (the rows that end short are searched again), never the
/// result.
public final class TopKSearch {
  /// How far below the least results of one batch the next one begins to look.
  private static final float MARGIN = 0.9f;

  /// One row in so many may be searched again: fewer, and a single odd row would make the search of
  /// all others slow.
  private static final int ROWS_PER_MISS = 64;

  private final int k;
  private float guess;

  /// Starts without a guess.
  ///
  /// @param k how many to find in each row, at least 1
  /// @throws IllegalArgumentException if `k` is below 1
  public TopKSearch(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k %d, expected at least 1".formatted(k));
    }
    this.k = k;
  }

  /// {@return how many to find in each row}
  public int k() {
    return k;
  }

  /// {@return the threshold to begin with, at least 0}
  float guess() {
    return guess;
  }

  /// Learns from a finished search.
  ///
  /// @param least smallest of the numbers found in each row, 0 where there were fewer than `k`; its
  ///   order is lost
  /// @param rows number of rows
  void learn(float[] least, int rows) {
    int misses = rows / ROWS_PER_MISS;
    guess = rows == 0 ? 0 : MARGIN * FusedTopK.kthLargest(least, rows, rows - misses);
  }
}
