package ai.hartonomous.interpret.transcoder;

import ai.hartonomous.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/// Numbers of a sparse coder. Row `i` of the encoder is what latent `i` reads, row `i` of the
/// decoder is what it writes.
///
/// @param encoder `W_enc` `[F, D_in]`, row-major
/// @param encoderBias `b_enc` `[F]`
/// @param decoder `W_dec` `[F, D_out]`, row-major
/// @param decoderBias `b_dec` `[D_out]`
/// @param inputBias subtracted from the input before it is encoded, `b_pre` `[D_in]`, or null
/// @param skip linear path from input to output, `W_skip` `[D_out, D_in]`, or null
public record CoderWeights(
    Matrix encoder,
    float[] encoderBias,
    Matrix decoder,
    float[] decoderBias,
    float @Nullable [] inputBias,
    @Nullable Matrix skip) {

  /// Checks that the shapes belong together.
  ///
  /// @throws IllegalArgumentException if they do not
  // Not the compact form: the compiler drops its type annotations, and NullAway reads them.
  public CoderWeights(
      Matrix encoder,
      float[] encoderBias,
      Matrix decoder,
      float[] decoderBias,
      float @Nullable [] inputBias,
      @Nullable Matrix skip) {
    this.encoder = encoder;
    this.encoderBias = encoderBias;
    this.decoder = decoder;
    this.decoderBias = decoderBias;
    this.inputBias = inputBias;
    this.skip = skip;
    boolean fits =
        encoder.rows() > 0
            && encoder.cols() > 0
            && decoder.cols() > 0
            && encoderBias.length == encoder.rows()
            && decoder.rows() == encoder.rows()
            && decoderBias.length == decoder.cols()
            && (inputBias == null || inputBias.length == encoder.cols())
            && (skip == null || (skip.rows() == decoder.cols() && skip.cols() == encoder.cols()));
    if (!fits) {
      throw new IllegalArgumentException(
          "encoder %d x %d with %d biases, decoder %d x %d with %d biases do not fit together"
              .formatted(
                  encoder.rows(),
                  encoder.cols(),
                  encoderBias.length,
                  decoder.rows(),
                  decoder.cols(),
                  decoderBias.length));
    }
  }

  /// {@return `F`, number of latents}
  public int latents() {
    return encoder.rows();
  }

  /// {@return `D_in`}
  public int inputWidth() {
    return encoder.cols();
  }

  /// {@return `D_out`}
  public int outputWidth() {
    return decoder.cols();
  }
}
