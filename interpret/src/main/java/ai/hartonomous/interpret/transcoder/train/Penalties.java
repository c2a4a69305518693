package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.SparseRows;
import java.util.Arrays;

/// Gradients of the losses that {@link Sparsity} adds.
final class Penalties {

  private Penalties() {}

  /// Of `penalty / R Σ a |W_dec[i]|`: adds `penalty / R |W_dec[i]|` to each entry.
  ///
  /// @return what pulls decoder row `i` along itself: `penalty / R Σ a / |W_dec[i]|`
  static float[] addNorms(double penalty, SparseRows entries, Matrix decoder, float[] dValues) {
    double weight = penalty / entries.rows();
    double[] norms = new double[decoder.rows()];
    for (int i = 0; i < norms.length; i++) {
      norms[i] = norm(decoder, i);
    }
    float[] pull = new float[norms.length];
    for (int e = 0; e < entries.size(); e++) {
      int latent = entries.columns()[e];
      dValues[e] += (float) (weight * norms[latent]);
      if (norms[latent] > 0) {
        pull[latent] += (float) (weight * entries.values()[e] / norms[latent]);
      }
    }
    return pull;
  }

  private static double norm(Matrix m, int row) {
    double squares = 0;
    for (int c = 0; c < m.cols(); c++) {
      squares += (double) m.at(row, c) * m.at(row, c);
    }
    return Math.sqrt(squares);
  }

  /// Straight-through gradients of the logarithms of thresholds, from reconstruction and count; and
  /// none for pre-activations of latents that are not active.
  ///
  /// @param active entries with their pre-activations
  /// @param dValues gradient of each entry; becomes 0 where the entry is not active
  /// @param thresholds `θ` of each latent
  /// @param gradient receives the gradients (overwritten), `[F]`
  static void addThresholds(
      Sparsity.JumpRelu jump,
      ActiveLatents active,
      float[] dValues,
      float[] thresholds,
      float[] gradient) {
    SparseRows entries = active.entries;
    float[] z = active.preActivations.values();
    double count = 0;
    for (int e = 0; e < entries.size(); e++) {
      count += entries.values()[e] > 0 ? 1 : 0;
    }
    double rows = entries.rows();
    double excess = count / rows / jump.target() - 1;
    double perActive = 2 * jump.penalty() * excess / jump.target() / rows;
    double bandwidth = jump.bandwidth();
    Arrays.fill(gradient, 0);
    for (int e = 0; e < entries.size(); e++) {
      int latent = entries.columns()[e];
      double threshold = thresholds[latent];
      if (Math.abs(z[e] - threshold) < bandwidth / 2) {
        double direct = -(threshold * dValues[e] + perActive) / bandwidth;
        gradient[latent] += (float) (direct * threshold);
      }
      if (entries.values()[e] == 0) {
        dValues[e] = 0;
      }
    }
  }
}
