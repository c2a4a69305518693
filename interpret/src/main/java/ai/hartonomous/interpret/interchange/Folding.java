package ai.hartonomous.interpret.interchange;

import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/// Turns what other libraries apply at run time into weights, so that a coder reads and writes the
/// model's own numbers.
final class Folding {

  private Folding() {}

  /// Changes weights, so that latents chosen by `z_i |W_dec[i]|` are chosen by `z_i`: the row of
  /// the encoder and its bias times the norm of the decoder's row, which becomes a unit vector.
  /// Rows of zeros stay, and their latent is never active.
  static void decoderNorms(CoderWeights weights) {
    for (int i = 0; i < weights.latents(); i++) {
      float norm = norm(weights.decoder(), i);
      times(weights.encoder(), i, norm);
      weights.encoderBias()[i] *= norm;
      if (norm > 0) {
        times(weights.decoder(), i, 1 / norm);
      }
    }
  }

  /// {@return the weights of a coder that was trained on values times `scale`, for the values
  /// themselves: `W_enc` times, `W_dec`, `b_dec` and the input bias divided by it}
  ///
  /// For a skip path of equal scales nothing changes: `(1/s) W_skip (s x)`.
  static CoderWeights scale(CoderWeights weights, double scale) {
    float in = (float) scale;
    float out = (float) (1 / scale);
    for (int i = 0; i < weights.latents(); i++) {
      times(weights.encoder(), i, in);
      times(weights.decoder(), i, out);
    }
    float[] decoderBias = times(weights.decoderBias(), out);
    float @Nullable [] inputBias = weights.inputBias();
    return new CoderWeights(
        weights.encoder(),
        weights.encoderBias(),
        weights.decoder(),
        decoderBias,
        inputBias == null ? null : times(inputBias, out),
        weights.skip());
  }

  /// {@return thresholds without negative ones; an inactive latent is never below 0 anyway}
  static float[] notNegative(float[] thresholds) {
    float[] result = thresholds.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.max(0, result[i]);
    }
    return result;
  }

  private static float norm(Matrix matrix, int row) {
    double squares = 0;
    for (int c = 0; c < matrix.cols(); c++) {
      squares += (double) matrix.at(row, c) * matrix.at(row, c);
    }
    return (float) Math.sqrt(squares);
  }

  private static void times(Matrix matrix, int row, float factor) {
    int at = matrix.rowOffset(row);
    for (int c = 0; c < matrix.cols(); c++) {
      matrix.data()[at + c] *= factor;
    }
  }

  private static float[] times(float[] vector, float factor) {
    float[] result = vector.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] *= factor;
    }
    return result;
  }
}
