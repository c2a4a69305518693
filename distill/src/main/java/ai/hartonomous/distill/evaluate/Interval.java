package ai.hartonomous.distill.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;

/// A 95 % confidence interval of a mean.
///
/// @param low lower end
/// @param high upper end
public record Interval(double low, double high) {
  private static final int RESAMPLES = 1000;
  private static final double TAIL = 0.025;

  /// {@return whether zero lies outside}
  public boolean excludesZero() {
    return low > 0 || high < 0;
  }

  /// Draws items with replacement and takes the mean of each drawing; the interval leaves 2.5 % of
  /// the 1,000 means out on both sides. Source: Efron and Tibshirani, An Introduction to the
  /// Bootstrap, 1993, section 13.3 (percentile interval). The same drawings serve every quantity,
  /// so that one of them can be computed again alone.
  public static final class Bootstrap {
    private final int[][] drawings;
    private final int items;

    /// Draws.
    ///
    /// @param items number of items, at least one
    /// @param seed decides the drawings
    public Bootstrap(int items, long seed) {
      this.items = items;
      var random = new SplittableRandom(seed);
      drawings = new int[RESAMPLES][items];
      for (int[] drawing : drawings) {
        for (int i = 0; i < items; i++) {
          drawing[i] = random.nextInt(items);
        }
      }
    }

    /// {@return the interval of the mean}
    ///
    /// @param values one for each item
    /// @throws IllegalArgumentException if there are more or fewer than was said
    public Interval of(double[] values) {
      if (values.length != items) {
        throw new IllegalArgumentException("%d values of %d items".formatted(values.length, items));
      }
      double[] means = new double[RESAMPLES];
      for (int r = 0; r < RESAMPLES; r++) {
        double sum = 0;
        for (int item : drawings[r]) {
          sum += values[item];
        }
        means[r] = sum / items;
      }
      Arrays.sort(means);
      int cut = (int) (TAIL * RESAMPLES);
      return new Interval(means[cut], means[RESAMPLES - 1 - cut]);
    }
  }
}
