package ai.hartonomous.interpret.circuit;

import ai.hartonomous.interpret.circuit.ContrastItem.Target;
import ai.hartonomous.tensor.Matrix;
import java.util.Locale;

/// How well the outputs of a pass do what an item asks; larger is better. A value is the mean over
/// the item's targets.
public enum Metric {
  /// Mean logit of the answers minus mean logit of the wrong outputs.
  LOGIT_DIFFERENCE,
  /// Logarithm of the odds of answers against wrong outputs, `log Σ p(answers) - log Σ p(wrong)`,
  /// in nats.
  LOG_PROBABILITY_DIFFERENCE,
  /// Minus the cross-entropy: `log Σ p(answers)`, in nats.
  LOG_PROBABILITY,
  /// Minus the Kullback-Leibler divergence from the clean pass, summed over the outputs, in nats.
  DIVERGENCE,
  /// Minus half the squared distance of the outputs from those of the clean pass. For outputs that
  /// are values and not logits.
  DISTANCE;

  /// {@return lower case with hyphens}
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// {@return whether the clean pass itself is what others are compared with, so that the metric is
  /// at its largest there and has no slope}
  public boolean isFlatAtClean() {
    return this == DIVERGENCE || this == DISTANCE;
  }

  /// {@return whether an item needs wrong outputs}
  public boolean needsWrong() {
    return this == LOGIT_DIFFERENCE || this == LOG_PROBABILITY_DIFFERENCE;
  }

  /// {@return the value for one item}
  ///
  /// @param item what is asked
  /// @param logits outputs of the pass `[T, outputs]`
  /// @param clean outputs of the clean pass `[T, outputs]`
  public double value(ContrastItem item, Matrix logits, Matrix clean) {
    double sum = 0;
    for (Target target : item.targets()) {
      sum += value(target, logits, clean);
    }
    return sum / item.targets().size();
  }

  private double value(Target target, Matrix logits, Matrix clean) {
    int p = target.position();
    return switch (this) {
      case LOGIT_DIFFERENCE -> mean(logits, p, target.answers()) - mean(logits, p, target.wrong());
      case LOG_PROBABILITY_DIFFERENCE ->
          logSum(logits, p, target.answers()) - logSum(logits, p, target.wrong());
      case LOG_PROBABILITY -> logSum(logits, p, target.answers()) - logSum(logits, p);
      case DIVERGENCE -> -divergence(clean, logits, p);
      case DISTANCE -> -distance(clean, logits, p);
    };
  }

  /// Adds the slope of the value to a gradient.
  ///
  /// @param item what is asked
  /// @param logits outputs of the pass `[T, outputs]`
  /// @param clean outputs of the clean pass `[T, outputs]`
  /// @param gradient receives the slope `[T, outputs]`, added
  public void addGradient(ContrastItem item, Matrix logits, Matrix clean, Matrix gradient) {
    double share = 1.0 / item.targets().size();
    for (Target target : item.targets()) {
      int p = target.position();
      switch (this) {
        case LOGIT_DIFFERENCE -> {
          addMean(gradient, p, target.answers(), share);
          addMean(gradient, p, target.wrong(), -share);
        }
        case LOG_PROBABILITY_DIFFERENCE -> {
          addShares(logits, gradient, p, target.answers(), share);
          addShares(logits, gradient, p, target.wrong(), -share);
        }
        case LOG_PROBABILITY -> {
          addShares(logits, gradient, p, target.answers(), share);
          addProbabilities(logits, gradient, p, -share);
        }
        case DIVERGENCE -> {
          addProbabilities(clean, gradient, p, share);
          addProbabilities(logits, gradient, p, -share);
        }
        case DISTANCE -> addDistance(clean, logits, gradient, p, share);
      }
    }
  }

  private static double mean(Matrix logits, int row, int[] outputs) {
    double sum = 0;
    for (int output : outputs) {
      sum += logits.at(row, output);
    }
    return sum / outputs.length;
  }

  private static double logSum(Matrix logits, int row, int[] outputs) {
    double max = Double.NEGATIVE_INFINITY;
    for (int output : outputs) {
      max = Math.max(max, logits.at(row, output));
    }
    double sum = 0;
    for (int output : outputs) {
      sum += Math.exp(logits.at(row, output) - max);
    }
    return max + Math.log(sum);
  }

  private static double logSum(Matrix logits, int row) {
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < logits.cols(); c++) {
      max = Math.max(max, logits.at(row, c));
    }
    double sum = 0;
    for (int c = 0; c < logits.cols(); c++) {
      sum += Math.exp(logits.at(row, c) - max);
    }
    return max + Math.log(sum);
  }

  private static double divergence(Matrix from, Matrix to, int row) {
    double fromTotal = logSum(from, row);
    double toTotal = logSum(to, row);
    double sum = 0;
    for (int c = 0; c < from.cols(); c++) {
      double log = from.at(row, c) - fromTotal;
      sum += Math.exp(log) * (log - (to.at(row, c) - toTotal));
    }
    return sum;
  }

  private static double distance(Matrix a, Matrix b, int row) {
    double sum = 0;
    for (int c = 0; c < a.cols(); c++) {
      double difference = (double) a.at(row, c) - b.at(row, c);
      sum += difference * difference;
    }
    return sum / 2;
  }

  private static void addMean(Matrix gradient, int row, int[] outputs, double scale) {
    for (int output : outputs) {
      gradient.data()[gradient.rowOffset(row) + output] += (float) (scale / outputs.length);
    }
  }

  private static void addShares(
      Matrix logits, Matrix gradient, int row, int[] outputs, double scale) {
    double total = logSum(logits, row, outputs);
    for (int output : outputs) {
      double share = Math.exp(logits.at(row, output) - total);
      gradient.data()[gradient.rowOffset(row) + output] += (float) (scale * share);
    }
  }

  private static void addProbabilities(Matrix logits, Matrix gradient, int row, double scale) {
    double total = logSum(logits, row);
    for (int c = 0; c < logits.cols(); c++) {
      double probability = Math.exp(logits.at(row, c) - total);
      gradient.data()[gradient.rowOffset(row) + c] += (float) (scale * probability);
    }
  }

  private static void addDistance(
      Matrix clean, Matrix logits, Matrix gradient, int row, double scale) {
    for (int c = 0; c < logits.cols(); c++) {
      gradient.data()[gradient.rowOffset(row) + c] +=
          (float) (scale * (clean.at(row, c) - logits.at(row, c)));
    }
  }
}
