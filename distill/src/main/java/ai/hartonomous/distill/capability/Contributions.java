package ai.hartonomous.distill.capability;

import java.nio.charset.StandardCharsets;

/// What an item adds to a figure, from the log-likelihoods of its texts.
final class Contributions {

  private Contributions() {}

  /// {@return contribution of an item with choices}
  ///
  /// @param task the item
  /// @param metric one of {@link Task.Choice#METRICS}
  /// @param logs log-likelihood of each choice behind the prompt
  /// @param alone log-likelihood of each choice without the prompt; read by {@link
  ///   Metric#ACC_MUTUAL_INFO} only
  static double choice(Task.Choice task, Metric metric, double[] logs, double[] alone) {
    if (metric == Metric.BRIER) {
      return brier(logs, task.right());
    }
    int best = 0;
    double[] scores = new double[logs.length];
    for (int c = 0; c < logs.length; c++) {
      String text = task.choices().get(c).stripLeading();
      scores[c] =
          switch (metric) {
            case ACC_NORM -> logs[c] / text.codePointCount(0, text.length());
            case ACC_BYTES -> logs[c] / text.getBytes(StandardCharsets.UTF_8).length;
            case ACC_MUTUAL_INFO -> logs[c] - alone[c];
            default -> logs[c];
          };
      best = scores[c] > scores[best] ? c : best;
    }
    return best == task.right() ? 1 : 0;
  }

  private static double brier(double[] logs, int right) {
    double total = logSum(logs, 0, logs.length);
    double score = 0;
    for (int c = 0; c < logs.length; c++) {
      double difference = Math.exp(logs[c] - total) - (c == right ? 1 : 0);
      score += difference * difference;
    }
    return score;
  }

  /// {@return contribution of a pair}
  ///
  /// @param metric one of {@link Task.Contrast#METRICS}
  /// @param logs log-likelihoods, of the right texts first
  /// @param right number of right texts
  static double contrast(Metric metric, double[] logs, int right) {
    double difference = logSum(logs, 0, right) - logSum(logs, right, logs.length);
    if (metric == Metric.PAIR_ACC) {
      return difference > 0 ? 1 : 0;
    }
    return difference;
  }

  /// {@return `-ll` in the metric's unit}
  ///
  /// @param metric one of {@link Task.Text#METRICS}
  /// @param log log-likelihood of the text
  static double text(Metric metric, double log) {
    return metric == Metric.BITS_PER_BYTE ? -log / Math.log(2) : -log;
  }

  /// {@return logarithm of the sum of probabilities}
  private static double logSum(double[] logs, int from, int to) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      most = Math.max(most, logs[i]);
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += Math.exp(logs[i] - most);
    }
    return most + Math.log(sum);
  }
}
