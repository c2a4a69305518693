package ai.hartonomous.tensor;

import java.util.List;

/// What training a sparse coder is made of: finding the active latents, and the passes that touch
/// only them. Results do not depend on the run or the number of threads.
///
/// Letters: `R` rows (tokens), `F` latents, `D_in` and `D_out` widths. Row `i` of the encoder is
/// what latent `i` reads, row `i` of the decoder what it writes. One caller at a time.
public interface CoderKernels extends AutoCloseable {

  /// {@return the fastest implementation for this machine, computing on `threads` threads}
  ///
  /// @param threads number of threads, at least 1
  static CoderKernels of(int threads) {
    if (new SimdProvider().isSupported()) {
      return new SimdCoderKernels(threads);
    }
    return new ReferenceCoderKernels();
  }

  /// {@return number of threads that compute}
  int threads();

  /// Finds in each row of `z = x W_encᵀ + b_enc` the `k` largest positive numbers; of equals the
  /// lower latent wins. Implementations need not write `z`.
  ///
  /// @param x input rows `[R, D_in]`, row-major
  /// @param encoder `W_enc` `[F, D_in]`, row-major
  /// @param bias `b_enc` `[F]`
  /// @param search `k`, and what the search before this one learnt; this one's is put there
  /// @param out receives the active latents and their `z` (overwritten)
  void topK(Matrix x, Matrix encoder, float[] bias, TopKSearch search, SparseRows out);

  /// Adds the decoded latents to a linear prediction and compares it with the target: with `e = out
  /// + a W_dec - y`, `out` becomes `scale e`, and `dValues` its product with the decoder row of
  ///   each entry: the gradients of `scale / 2 |e|²`.
  ///
  /// @param active `a`
  /// @param decoder `W_dec` `[F, D_out]`, row-major
  /// @param target `y` `[R, D_out]`, row-major
  /// @param scale factor
  /// @param out the prediction without latents on entry, `scale e` on return; `[R, D_out]`,
  ///   row-major
  /// @param dValues receives the gradient of each entry of `active`
  /// @return the sum of the squares of `e`, added up in double precision
  double residual(
      SparseRows active, Matrix decoder, Matrix target, float scale, Matrix out, float[] dValues);

  /// Adds up the gradients of every latent's rows over the entries that it has, and moves the rows
  /// in the same pass. The encoder's row of latent `i` gets `Σ dValue x`, its bias `Σ dValue`, the
  /// decoder's row `Σ value dY + pull[i] W_dec[i]`.
  ///
  /// @param parts entries with their gradients; the gradients of several parts add up
  /// @param update how rows move
  /// @param state rows and moments (changed)
  void update(List<Part> parts, RowUpdate update, CoderState state);

  /// Moves numbers whose gradient is dense.
  ///
  /// @param optimizer rule
  /// @param weights changed in place
  /// @param gradient gradient of the loss
  /// @param first first moment, changed in place
  /// @param second second moment, changed in place; read by Adam only
  void step(
      RowOptimizer optimizer, float[] weights, float[] gradient, float[] first, float[] second);

  /// Active latents of some rows with what their gradients are made of.
  ///
  /// @param active entries
  /// @param dValues gradient of each entry
  /// @param x what the encoder read `[R, D_in]`, row-major
  /// @param dY gradient of what the decoder wrote `[R, D_out]`, row-major
  record Part(SparseRows active, float[] dValues, Matrix x, Matrix dY) {}

  /// Ends the threads.
  @Override
  void close();
}
