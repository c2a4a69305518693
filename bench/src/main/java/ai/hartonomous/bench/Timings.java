package ai.hartonomous.bench;

import java.util.Arrays;

/// Durations of the turns of one contender, in seconds.
///
/// @param seconds one entry for each round, at least one
record Timings(double[] seconds) {
  Timings {
    if (seconds.length == 0) {
      throw new IllegalArgumentException("no rounds");
    }
  }

  double best() {
    return quantile(0);
  }

  double median() {
    return quantile(0.5);
  }

  /// {@return the duration that a share `q` of the turns did not exceed}
  double quantile(double q) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    double place = q * (sorted.length - 1);
    int low = (int) place;
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
  }

  /// {@return for each round, the other's duration divided by this one's: how many times faster we
  /// were}
  Timings ratios(Timings other) {
    double[] ratios = new double[seconds.length];
    for (int r = 0; r < ratios.length; r++) {
      ratios[r] = other.seconds[r] / seconds[r];
    }
    return new Timings(ratios);
  }
}
