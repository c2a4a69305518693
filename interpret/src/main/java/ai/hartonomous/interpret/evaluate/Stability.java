package ai.hartonomous.interpret.evaluate;

import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;

/// Whether another training finds the same latents: for each latent of one coder the best cosine
/// with any latent of a coder of the same values from another seed. What only one seed finds is a
/// property of that seed, not of the model.
///
/// @param encoder what latents read, rows of `W_enc`
/// @param decoder what latents write, rows of `W_dec`
public record Stability(Side encoder, Side decoder) {
  /// Best cosines above this count as the same latent.
  public static final double SAME = 0.7;

  private static final int ROWS_AT_ONCE = 128;

  /// One side of the latents.
  ///
  /// @param latents latents compared: those whose row is not 0
  /// @param meanBestCosine mean over them of the best cosine; not a number where one coder has none
  /// @param shareFound share of them whose best cosine is above 0.7, likewise
  public record Side(int latents, double meanBestCosine, double shareFound) {}

  /// Compares two coders of the same values.
  ///
  /// @param coder whose latents are looked for
  /// @param other where they are looked for
  /// @param kernels computes the products
  /// @return how many were found
  /// @throws IllegalArgumentException if the coders read or write different places or widths
  public static Stability of(SparseCoder coder, SparseCoder other, Kernels kernels) {
    boolean same =
        coder.reads().equals(other.reads())
            && coder.writes().equals(other.writes())
            && coder.weights().inputWidth() == other.weights().inputWidth()
            && coder.weights().outputWidth() == other.weights().outputWidth();
    if (!same) {
      throw new IllegalArgumentException(
          "%s to %s and %s to %s are coders of different values"
              .formatted(
                  coder.reads().path(),
                  coder.writes().path(),
                  other.reads().path(),
                  other.writes().path()));
    }
    return new Stability(
        side(coder.weights().encoder(), other.weights().encoder(), kernels),
        side(coder.weights().decoder(), other.weights().decoder(), kernels));
  }

  private static Side side(Matrix rows, Matrix others, Kernels kernels) {
    Matrix from = normalised(rows);
    Matrix to = normalised(others);
    if (from.rows() == 0 || to.rows() == 0) {
      return new Side(from.rows(), Double.NaN, Double.NaN);
    }
    int found = 0;
    double sum = 0;
    for (int first = 0; first < from.rows(); first += ROWS_AT_ONCE) {
      Matrix some = from.rows(first, Math.min(from.rows(), first + ROWS_AT_ONCE));
      Matrix cosines = Matrix.zeros(some.rows(), to.rows());
      kernels.project(some, to, null, cosines);
      for (int r = 0; r < some.rows(); r++) {
        double best = -1;
        for (int c = 0; c < to.rows(); c++) {
          best = Math.max(best, cosines.at(r, c));
        }
        sum += best;
        found += best > SAME ? 1 : 0;
      }
    }
    return new Side(from.rows(), sum / from.rows(), (double) found / from.rows());
  }

  /// {@return the rows that are not 0, each divided by its norm}
  private static Matrix normalised(Matrix rows) {
    float[] numbers = new float[rows.rows() * rows.cols()];
    int kept = 0;
    for (int r = 0; r < rows.rows(); r++) {
      double square = 0;
      for (int c = 0; c < rows.cols(); c++) {
        square += (double) rows.at(r, c) * rows.at(r, c);
      }
      if (square > 0) {
        double scale = 1 / Math.sqrt(square);
        for (int c = 0; c < rows.cols(); c++) {
          numbers[kept * rows.cols() + c] = (float) (scale * rows.at(r, c));
        }
        kept++;
      }
    }
    return Matrix.of(numbers, kept, rows.cols());
  }
}
