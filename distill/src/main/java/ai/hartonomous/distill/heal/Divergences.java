package ai.hartonomous.distill.heal;

import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;

/// Losses and gradients of the {@link Divergence}s, row by row. The forward one is a kernel; the
/// others are plain loops in double precision.
final class Divergences {
  private final Kernels kernels;
  private final Divergence divergence;
  private final float temperature;

  Divergences(Kernels kernels, Divergence divergence, float temperature) {
    this.kernels = kernels;
    this.divergence = divergence;
    this.temperature = temperature;
  }

  /// Computes the mean over rows, and its gradient for the student's logits.
  ///
  /// @param source logits `[R, N]`
  /// @param student logits `[R, N]`; overwritten with the gradient
  /// @return the mean, in nats
  double gradient(Matrix source, Matrix student) {
    return switch (divergence) {
      case Divergence.Forward _ -> forward(source, student, 1);
      case Divergence.Reverse _ -> mixed(source, student, 1, temperature * temperature);
      case Divergence.Jensen(float beta) when beta == 0 ->
          forward(source, student, 1 / (temperature * temperature));
      case Divergence.Jensen(float beta) -> mixed(source, student, beta, 1);
    };
  }

  private double forward(Matrix source, Matrix student, float factor) {
    float[] losses = new float[student.rows()];
    float[] scales = new float[losses.length];
    Arrays.fill(scales, factor / losses.length);
    kernels.divergence(source, student, temperature, losses);
    kernels.divergenceBackward(source, student, temperature, scales, student);
    double sum = 0;
    for (float loss : losses) {
      sum += loss;
    }
    return factor * sum / losses.length;
  }

  private double mixed(Matrix source, Matrix student, double beta, double factor) {
    int n = student.cols();
    double[] logP = new double[n];
    double[] logQ = new double[n];
    double[] slope = new double[n];
    double sum = 0;
    for (int r = 0; r < student.rows(); r++) {
      logSoftmax(source, r, logP);
      logSoftmax(student, r, logQ);
      sum += slopes(logP, logQ, beta, slope);
      // dL/dz = q (slope - Σ q slope) / T: the softmax's own derivative.
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += Math.exp(logQ[i]) * slope[i];
      }
      double scale = factor / (temperature * student.rows());
      int to = student.rowOffset(r);
      for (int i = 0; i < n; i++) {
        student.data()[to + i] = (float) (scale * Math.exp(logQ[i]) * (slope[i] - mean));
      }
    }
    return factor * sum / student.rows();
  }

  /// One row's divergence; `slope` receives its derivative for each probability of the student, up
  /// to a constant that the softmax takes away.
  private static double slopes(double[] logP, double[] logQ, double beta, double[] slope) {
    double loss = 0;
    for (int i = 0; i < slope.length; i++) {
      double p = Math.exp(logP[i]);
      double q = Math.exp(logQ[i]);
      if (beta == 1) {
        loss += q * (logQ[i] - logP[i]);
        slope[i] = logQ[i] - logP[i];
      } else {
        double logM = logSum(Math.log(beta) + logP[i], Math.log1p(-beta) + logQ[i]);
        loss += beta * p * (logP[i] - logM) + (1 - beta) * q * (logQ[i] - logM);
        slope[i] = (1 - beta) * (logQ[i] - logM);
      }
    }
    return loss;
  }

  private static double logSum(double a, double b) {
    double largest = Math.max(a, b);
    return largest + Math.log1p(Math.exp(Math.min(a, b) - largest));
  }

  private void logSoftmax(Matrix logits, int row, double[] out) {
    int from = logits.rowOffset(row);
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < out.length; i++) {
      out[i] = logits.data()[from + i] / (double) temperature;
      largest = Math.max(largest, out[i]);
    }
    double sum = 0;
    for (double x : out) {
      sum += Math.exp(x - largest);
    }
    double normal = largest + Math.log(sum);
    for (int i = 0; i < out.length; i++) {
      out[i] -= normal;
    }
  }
}
