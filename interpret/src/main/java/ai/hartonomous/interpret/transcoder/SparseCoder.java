package ai.hartonomous.interpret.transcoder;

import ai.hartonomous.interpret.transcoder.CoderActivation.JumpRelu;
import ai.hartonomous.interpret.transcoder.CoderActivation.Relu;
import ai.hartonomous.interpret.transcoder.CoderActivation.TopK;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;

/// A sparse coder of a transformer: reads the values at one hook point and predicts those at
/// another from a few active latents.
///
/// `a = φ(W_enc (x - b_pre) + b_enc)`, `y = a W_dec + b_dec + W_skip x`.
///
/// A skip transcoder reads an MLP's input and predicts its output; without `W_skip` it is a
/// transcoder; where both hook points are the same it is a sparse autoencoder. Source: Paulo,
/// Shabalin and Belrose, "Transcoders Beat Sparse Autoencoders for Interpretability", 2025,
/// arXiv:2501.18823, section 3.
///
/// @param reads where the input stands, such as `layers.3.mlp_input` (after the norm and its gain)
/// @param writes where the target stands, such as `layers.3.mlp_output`
/// @param activation `φ`
/// @param weights the numbers
public record SparseCoder(
    HookPoint reads, HookPoint writes, CoderActivation activation, CoderWeights weights) {

  private static final int ROWS_AT_ONCE = 128;

  /// Checks that the thresholds fit.
  ///
  /// @throws IllegalArgumentException if there is not one threshold for each latent
  public SparseCoder {
    if (activation instanceof JumpRelu(float[] thresholds)
        && thresholds.length != weights.latents()) {
      throw new IllegalArgumentException(
          "%d thresholds for %d latents".formatted(thresholds.length, weights.latents()));
    }
  }

  /// Finds the active latents of every row. Works through 128 rows at a time, so it needs memory
  /// for `128 F` numbers whatever the number of rows.
  ///
  /// @param x input rows `[R, D_in]`, row-major
  /// @param kernels computes the products
  /// @param out receives the active latents (overwritten)
  public void encode(Matrix x, Kernels kernels, Latents out) {
    out.clear();
    int rows = Math.min(x.rows(), ROWS_AT_ONCE);
    Matrix buffer = Matrix.zeros(rows, weights.latents());
    for (int from = 0; from < x.rows(); from += ROWS_AT_ONCE) {
      int to = Math.min(x.rows(), from + ROWS_AT_ONCE);
      Matrix z = buffer.rows(0, to - from);
      preActivations(x.rows(from, to), kernels, z);
      for (int r = 0; r < z.rows(); r++) {
        activate(z.data(), z.rowOffset(r), out);
        out.endRow();
      }
    }
  }

  /// Computes `z = W_enc (x - b_pre) + b_enc`.
  ///
  /// @param x input rows `[R, D_in]`, row-major
  /// @param kernels computes the product
  /// @param z receives the pre-activations `[R, F]`
  public void preActivations(Matrix x, Kernels kernels, Matrix z) {
    kernels.project(centred(x), weights.encoder(), weights.encoderBias(), z);
  }

  /// Computes `y = a W_dec + b_dec + W_skip x`.
  ///
  /// @param latents active latents of every row
  /// @param x input rows `[R, D_in]`, row-major; read by the skip path only
  /// @param kernels computes the products
  /// @param y receives the prediction `[R, D_out]`, row-major
  public void decode(Latents latents, Matrix x, Kernels kernels, Matrix y) {
    if (weights.skip() == null) {
      for (int r = 0; r < y.rows(); r++) {
        System.arraycopy(weights.decoderBias(), 0, y.data(), y.rowOffset(r), y.cols());
      }
    } else {
      kernels.project(x, weights.skip(), weights.decoderBias(), y);
    }
    Matrix decoder = weights.decoder();
    for (int r = 0; r < y.rows(); r++) {
      for (int e = latents.start(r); e < latents.start(r + 1); e++) {
        add(latents.value(e), decoder, latents.latent(e), y, r);
      }
    }
  }

  private static void add(float value, Matrix decoder, int latent, Matrix y, int row) {
    float[] from = decoder.data();
    float[] to = y.data();
    int source = decoder.rowOffset(latent);
    int target = y.rowOffset(row);
    for (int c = 0; c < y.cols(); c++) {
      to[target + c] += value * from[source + c];
    }
  }

  private Matrix centred(Matrix x) {
    float[] bias = weights.inputBias();
    if (bias == null) {
      return x;
    }
    Matrix result = Matrix.zeros(x.rows(), x.cols());
    for (int r = 0; r < x.rows(); r++) {
      for (int c = 0; c < x.cols(); c++) {
        result.data()[result.rowOffset(r) + c] = x.at(r, c) - bias[c];
      }
    }
    return result;
  }

  private void activate(float[] z, int offset, Latents out) {
    int latents = weights.latents();
    switch (activation) {
      case TopK(int k) -> topK(z, offset, k, out);
      case JumpRelu(float[] thresholds) -> {
        for (int i = 0; i < latents; i++) {
          float value = z[offset + i];
          if (value > thresholds[i] && value > 0) {
            out.add(i, value);
          }
        }
      }
      case Relu() -> {
        for (int i = 0; i < latents; i++) {
          if (z[offset + i] > 0) {
            out.add(i, z[offset + i]);
          }
        }
      }
    }
  }

  private void topK(float[] z, int offset, int k, Latents out) {
    int latents = weights.latents();
    float[] sorted = Arrays.copyOfRange(z, offset, offset + latents);
    Arrays.sort(sorted);
    float smallest = k >= latents ? 0 : Math.max(0, sorted[latents - k]);
    int equals = k;
    for (int i = 0; i < latents; i++) {
      if (z[offset + i] > smallest) {
        equals--;
      }
    }
    for (int i = 0; i < latents; i++) {
      float value = z[offset + i];
      if (value > smallest || (value == smallest && value > 0 && equals-- > 0)) {
        out.add(i, value);
      }
    }
  }
}
