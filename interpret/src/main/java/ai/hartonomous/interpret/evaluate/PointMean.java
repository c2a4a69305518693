package ai.hartonomous.interpret.evaluate;

import ai.hartonomous.tensor.Matrix;

/// Mean of the rows at one hook point, summed in double precision.
final class PointMean {
  private final double[] sums;
  private long rows;

  PointMean(int width) {
    sums = new double[width];
  }

  void add(Matrix values) {
    for (int r = 0; r < values.rows(); r++) {
      for (int c = 0; c < sums.length; c++) {
        sums[c] += values.at(r, c);
      }
    }
    rows += values.rows();
  }

  double[] mean() {
    double[] mean = new double[sums.length];
    for (int c = 0; c < mean.length; c++) {
      mean[c] = sums[c] / Math.max(1, rows);
    }
    return mean;
  }
}
