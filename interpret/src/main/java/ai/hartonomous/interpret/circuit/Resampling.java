package ai.hartonomous.interpret.circuit;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/// How far a figure depends on which items it was measured on.
public final class Resampling {
  private Resampling() {}

  /// A figure with the interval that holds 95 % of its resampled values.
  ///
  /// @param value the figure on all items
  /// @param low 2.5th percentile
  /// @param high 97.5th percentile
  public record Interval(double value, double low, double high) {}

  /// {@return the percentile interval of a figure over draws of items with replacement}
  ///
  /// @param items number of items
  /// @param draws how many draws
  /// @param seed decides them
  /// @param figure the figure for given numbers of items
  public static Interval bootstrap(
      int items, int draws, long seed, ToDoubleFunction<int[]> figure) {
    var random = new SplittableRandom(seed);
    double[] values = new double[draws];
    for (int d = 0; d < draws; d++) {
      values[d] = figure.applyAsDouble(random.ints(items, 0, items).toArray());
    }
    int[] all = new int[items];
    Arrays.setAll(all, i -> i);
    return interval(figure.applyAsDouble(all), values);
  }

  /// {@return the mean of values and the interval that holds 95 % of them}
  ///
  /// @param values at least one
  public static Interval spread(double[] values) {
    return interval(Arrays.stream(values).average().orElseThrow(), values);
  }

  private static Interval interval(double value, double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Interval(value, quantile(sorted, 0.025), quantile(sorted, 0.975));
  }

  /// Linear between neighbours.
  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /// {@return a random order of the numbers from 0}
  ///
  /// @param items how many
  /// @param seed decides the order
  public static int[] shuffled(int items, long seed) {
    var random = new SplittableRandom(seed);
    int[] order = new int[items];
    Arrays.setAll(order, i -> i);
    for (int i = items - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    return order;
  }

  /// {@return Spearman's rank correlation of two lists without regard to ties beyond mean ranks}
  ///
  /// @param a one list
  /// @param b another of the same length
  public static double rankCorrelation(double[] a, double[] b) {
    double[] x = ranks(a);
    double[] y = ranks(b);
    double mean = (a.length - 1) / 2.0;
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - mean) * (y[i] - mean);
      xx += (x[i] - mean) * (x[i] - mean);
      yy += (y[i] - mean) * (y[i] - mean);
    }
    return xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
  }

  private static double[] ranks(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] ranks = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int below = lowerBound(sorted, values[i]);
      int end = below;
      while (end < sorted.length && sorted[end] == values[i]) {
        end++;
      }
      ranks[i] = (below + end - 1) / 2.0;
    }
    return ranks;
  }

  private static int lowerBound(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
