package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.tensor.Matrix;

/// Sums of squares about the mean.
final class Variance {

  private Variance() {}

  /// {@return `Σ|y - ȳ|²` over all rows, `ȳ` their mean, in double precision}
  ///
  /// @param y rows, row-major without gaps
  static double of(Matrix y) {
    double[] mean = new double[y.cols()];
    float[] numbers = y.data();
    for (int r = 0; r < y.rows(); r++) {
      int at = y.rowOffset(r);
      for (int c = 0; c < mean.length; c++) {
        mean[c] += numbers[at + c];
      }
    }
    for (int c = 0; c < mean.length; c++) {
      mean[c] /= y.rows();
    }
    double sum = 0;
    for (int r = 0; r < y.rows(); r++) {
      int at = y.rowOffset(r);
      for (int c = 0; c < mean.length; c++) {
        double d = numbers[at + c] - mean[c];
        sum += d * d;
      }
    }
    return sum;
  }
}
