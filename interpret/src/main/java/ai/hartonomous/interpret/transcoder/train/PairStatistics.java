package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.tensor.Matrix;

/// What a training must know of a pair's values before it begins: means, and mean norms.
final class PairStatistics {
  private final double[] inputSum;
  private final double[] targetSum;
  private double inputSquares;
  private double inputNorms;
  private double targetNorms;
  private long rows;

  PairStatistics(int inputWidth, int targetWidth) {
    inputSum = new double[inputWidth];
    targetSum = new double[targetWidth];
  }

  void add(Matrix x, Matrix y) {
    inputNorms += add(x, inputSum);
    for (int r = 0; r < x.rows(); r++) {
      for (int c = 0; c < x.cols(); c++) {
        inputSquares += (double) x.at(r, c) * x.at(r, c);
      }
    }
    targetNorms += add(y, targetSum);
    rows += x.rows();
  }

  /// {@return the sum of the norms of the rows}
  private static double add(Matrix x, double[] sum) {
    double norms = 0;
    for (int r = 0; r < x.rows(); r++) {
      double squares = 0;
      for (int c = 0; c < sum.length; c++) {
        double value = x.at(r, c);
        sum[c] += value;
        squares += value * value;
      }
      norms += Math.sqrt(squares);
    }
    return norms;
  }

  /// {@return the factor that gives inputs a mean norm of `√D_in`}
  double inputScale() {
    return scale(inputSum.length, inputNorms);
  }

  /// {@return the factor that gives targets a mean norm of `√D_out`}
  double targetScale() {
    return scale(targetSum.length, targetNorms);
  }

  private double scale(int width, double norms) {
    return norms > 0 ? Math.sqrt(width) * rows / norms : 1;
  }

  /// {@return the root of the mean squared distance of inputs from their mean}
  double inputDeviation() {
    double square = inputSquares / rows;
    for (double mean : inputMean()) {
      square -= mean * mean;
    }
    return Math.sqrt(Math.max(0, square));
  }

  double[] inputMean() {
    return mean(inputSum);
  }

  double[] targetMean() {
    return mean(targetSum);
  }

  private double[] mean(double[] sum) {
    double[] mean = new double[sum.length];
    for (int i = 0; i < sum.length; i++) {
      mean[i] = sum[i] / rows;
    }
    return mean;
  }
}
