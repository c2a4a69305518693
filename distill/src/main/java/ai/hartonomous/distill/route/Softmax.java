package ai.hartonomous.distill.route;

/// Probabilities of logits.
final class Softmax {

  private Softmax() {}

  /// Replaces logits by their probabilities.
  static void inPlace(double[] logits) {
    double most = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      most = Math.max(most, logit);
    }
    double sum = 0;
    for (int c = 0; c < logits.length; c++) {
      logits[c] = StrictMath.exp(logits[c] - most);
      sum += logits[c];
    }
    for (int c = 0; c < logits.length; c++) {
      logits[c] /= sum;
    }
  }
}
