package ai.hartonomous.tensor;

/// How the rows of a coder move at one step.
///
/// @param optimizer rule
/// @param reach which latents move
/// @param norm what holds the decoder's rows
/// @param pull adds `pull[i] W_dec[i]` to the gradient of decoder row `i`, `[F]`, or empty
public record RowUpdate(RowOptimizer optimizer, Reach reach, DecoderNorm norm, float[] pull) {

  /// Which latents a step moves. A latent without entries has a gradient of 0, and yet a dense
  /// optimizer moves it by what its moments remember.
  public enum Reach {
    /// All, exactly as a dense optimizer would. Latents whose moments are still 0 are skipped,
    /// since a dense optimizer would leave them as they are.
    EVERY,
    /// Those with entries in this step; the moments of all others rest. The same as {@link #EVERY}
    /// for gradient descent; another method (lazy Adam, lazy Signum) otherwise.
    TOUCHED
  }

  /// What holds the decoder's rows.
  public enum DecoderNorm {
    /// Nothing.
    FREE,
    /// They have norm 1: what would change it is taken out of the gradient before the step, and
    /// what the step changed is undone after it.
    UNIT
  }
}
