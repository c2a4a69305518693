package ai.hartonomous.tensor;

/// The rows of a coder that training changes, with the optimizer's moments.
///
/// @param weights the rows
/// @param first their first moments
/// @param second their second moments; all 0 unless Adam moves them
public record CoderState(Rows weights, Rows first, Rows second) {

  /// Checks that the shapes are equal.
  ///
  /// @throws IllegalArgumentException if they are not
  public CoderState {
    if (!weights.fits(first) || !weights.fits(second)) {
      throw new IllegalArgumentException("weights and moments differ in shape");
    }
  }

  /// {@return a state with moments of 0}
  ///
  /// @param weights the rows
  public static CoderState of(Rows weights) {
    return new CoderState(weights, weights.zeros(), weights.zeros());
  }

  /// {@return whether the moments of a latent are not all 0}
  boolean hasMoved(int latent) {
    return first.isSet(latent) || second.isSet(latent);
  }

  /// Numbers of the same shape as the rows of a coder.
  ///
  /// @param encoder `[F, D_in]`, row-major, a whole array
  /// @param bias of the encoder, `[F]`
  /// @param decoder `[F, D_out]`, row-major, a whole array
  public record Rows(Matrix encoder, float[] bias, Matrix decoder) {

    /// Checks the shapes.
    ///
    /// @throws IllegalArgumentException if the numbers of latents differ or a matrix is a view
    public Rows {
      if (encoder.rows() != decoder.rows()
          || bias.length != encoder.rows()
          || !isWhole(encoder)
          || !isWhole(decoder)) {
        throw new IllegalArgumentException(
            "encoder of %d rows, %d biases, decoder of %d rows, or a view"
                .formatted(encoder.rows(), bias.length, decoder.rows()));
      }
    }

    private static boolean isWhole(Matrix m) {
      return m.offset() == 0 && m.rowStride() == m.cols() && m.data().length == m.rows() * m.cols();
    }

    Rows zeros() {
      return new Rows(
          Matrix.zeros(encoder.rows(), encoder.cols()),
          new float[bias.length],
          Matrix.zeros(decoder.rows(), decoder.cols()));
    }

    boolean fits(Rows other) {
      return encoder.rows() == other.encoder.rows()
          && encoder.cols() == other.encoder.cols()
          && decoder.cols() == other.decoder.cols();
    }

    boolean isSet(int latent) {
      return bias[latent] != 0 || isSet(encoder, latent) || isSet(decoder, latent);
    }

    private static boolean isSet(Matrix m, int row) {
      int from = m.rowOffset(row);
      for (int i = from; i < from + m.cols(); i++) {
        if (m.data()[i] != 0) {
          return true;
        }
      }
      return false;
    }
  }
}
