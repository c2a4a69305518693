package ai.hartonomous.platform.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// How well a ranking puts the right things first: the area under the ROC curve, which is the
/// chance that a right one stands before a wrong one. A random ranking gives 0.5.
///
/// @param area from 0 to 1; NaN where all or none are right
/// @param standardError of it. Source: Hanley and McNeil, "The Meaning and Use of the Area under a
///   Receiver Operating Characteristic (ROC) Curve", 1982
record RankScore(double area, double standardError) {

  /// {@return the score of a ranking}
  ///
  /// @param scores higher ones stand first; equal ones share their place
  /// @param right which are right
  static RankScore of(double[] scores, boolean[] right) {
    Integer[] order = IntStream.range(0, scores.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> scores[i]));
    double rankSum = 0;
    double positives = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      while (to < order.length && scores[order[to]] == scores[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        if (right[order[i]]) {
          rankSum += (from + 1 + to) / 2.0;
          positives++;
        }
      }
      from = to;
    }
    double negatives = scores.length - positives;
    double a = (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
    double q1 = a / (2 - a) - a * a;
    double q2 = 2 * a * a / (1 + a) - a * a;
    double variance =
        (a * (1 - a) + (positives - 1) * q1 + (negatives - 1) * q2) / (positives * negatives);
    return new RankScore(a, Math.sqrt(Math.max(0, variance)));
  }

  /// {@return the mean of areas, and its standard error from how much they differ}
  static RankScore mean(List<RankScore> scores) {
    double mean = scores.stream().mapToDouble(RankScore::area).average().orElse(Double.NaN);
    double squares = scores.stream().mapToDouble(score -> Math.pow(score.area - mean, 2)).sum();
    int n = scores.size();
    return new RankScore(mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1) / n));
  }

  /// {@return which values are among the largest}
  ///
  /// @param values any
  /// @param share share of them, above 0
  static boolean[] largest(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int count = Math.max(1, (int) Math.round(share * values.length));
    boolean[] result = new boolean[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i] >= sorted[values.length - count] && values[i] > sorted[0];
    }
    return result;
  }
}
