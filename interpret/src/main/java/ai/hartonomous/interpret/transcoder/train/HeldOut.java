package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;

/// Fraction of variance unexplained by a finished coder over several batches: `Σ|y - ŷ|² / (Σ|y|² -
/// R |ȳ|²)`, sums in double precision.
final class HeldOut {
  private final SparseCoder coder;
  private final Latents latents = new Latents();
  private final double[] sum;
  private double squares;
  private double errors;
  private long rows;

  HeldOut(SparseCoder coder) {
    this.coder = coder;
    sum = new double[coder.weights().outputWidth()];
  }

  void add(Matrix x, Matrix y, Kernels kernels) {
    Matrix predicted = Matrix.zeros(y.rows(), y.cols());
    coder.encode(x, kernels, latents);
    coder.decode(latents, x, kernels, predicted);
    for (int r = 0; r < y.rows(); r++) {
      for (int c = 0; c < sum.length; c++) {
        double target = y.at(r, c);
        double error = target - predicted.at(r, c);
        sum[c] += target;
        squares += target * target;
        errors += error * error;
      }
    }
    rows += y.rows();
  }

  double unexplained() {
    double spread = squares;
    for (double s : sum) {
      spread -= s * s / rows;
    }
    return errors / spread;
  }
}
