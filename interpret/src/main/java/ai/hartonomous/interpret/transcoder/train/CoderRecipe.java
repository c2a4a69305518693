package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.tensor.RowUpdate.DecoderNorm;

/// Everything that decides what a training makes of a stream of values.
///
/// The loss is the fraction of variance unexplained, `Σ|y - ŷ|² / Σ|y - ȳ|²` over the batch, plus
/// what {@link Sparsity} and {@link Revival} add. Inputs and targets are scaled to a mean norm of
/// the root of their width first; the finished coder reads and writes the model's own units.
///
/// @param latents `F`, number of latents, at least 1
/// @param sparsity what keeps most of them at 0
/// @param skip the linear path beside them
/// @param start how the decoder begins
/// @param norm what holds the decoder's rows
/// @param revival what brings back latents that are never active
/// @param annealing how `k` falls to its last value
/// @param optimizer how weights follow gradients
/// @param steps number of steps, at least 1
/// @param seed of the first weights
public record CoderRecipe(
    int latents,
    Sparsity sparsity,
    Skip skip,
    Start start,
    DecoderNorm norm,
    Revival revival,
    Annealing annealing,
    CoderOptimizer optimizer,
    int steps,
    long seed) {

  /// Checks the numbers.
  ///
  /// @throws IllegalArgumentException if one is out of range
  public CoderRecipe {
    boolean fixed = sparsity instanceof Sparsity.TopK || sparsity instanceof Sparsity.BatchTopK;
    if (latents < 1 || steps < 1 || (fixed && (sparsity.k() < 1 || sparsity.k() > latents))) {
      throw new IllegalArgumentException(
          "%d latents with %s for %d steps".formatted(latents, sparsity, steps));
    }
  }

  /// The linear path from input to output.
  public enum Skip {
    /// None.
    NONE,
    /// A full matrix, learnt with the rest, 0 at the start.
    LEARNED,
    /// The input itself is added to the output and never changes.
    IDENTITY
  }

  /// First decoder rows. Encoder rows always begin as random directions of norm 1.
  public enum Start {
    /// Zeros: the coder begins as the mean of the targets. Source: sparsify (EleutherAI).
    ZEROS,
    /// Copies of the encoder's rows, then all encoder rows scaled to the least error on the first
    /// tokens; needs equal widths. Source: Gao et al., arXiv:2406.04093, appendix A.1.
    ENCODER,
    /// What the model's own MLP adds when the input moves from its mean along the encoder's row by
    /// the usual distance, as a direction of norm 1; then all encoder rows are scaled as above.
    /// Needs an {@link MlpResponse}. Source: Llamascopium, `init_tc_with_mlp`.
    MLP_RESPONSE
  }

  /// The auxiliary loss that gives gradients to dead latents: they alone predict what the coder
  /// missed, `weight |e - ê|² / |e - ē|²`, from the largest `candidates` of them. Its gradient
  /// reaches their decoder and encoder rows and nothing else. Source: Gao et al., arXiv:2406.04093,
  /// appendix A.2; where fewer are dead, the loss is scaled down in proportion, as in sparsify.
  ///
  /// @param weight of the loss; 0 for none
  /// @param candidates largest number of dead latents of a token; 0 for half the output width
  /// @param deadAfter tokens without activity after which a latent counts as dead, at least 1
  public record Revival(double weight, int candidates, long deadAfter) {

    /// The usual count after which a latent is dead, where a training has enough tokens.
    public static final long USUAL_TOKENS = 10_000_000;

    /// {@return the usual weight, 1/32}
    ///
    /// @param deadAfter tokens without activity after which a latent counts as dead
    public static Revival after(long deadAfter) {
      return new Revival(1.0 / 32, 0, deadAfter);
    }
  }

  /// A `k` that begins larger and falls linearly, so that more latents learn early.
  ///
  /// @param from `k` at the first step; 0 or below the last `k` for none
  /// @param share of the steps after which the last `k` is reached, 0 to 1
  public record Annealing(int from, double share) {
    /// `k` is the same in all steps.
    public static final Annealing NONE = new Annealing(0, 0);
  }

  /// {@return the reference recipe: TopK, learned skip, zero decoder, exact Adam}
  ///
  /// @param latents number of latents
  /// @param k active latents of a token
  /// @param steps number of steps
  /// @param deadAfter tokens without activity after which a latent counts as dead
  /// @param seed of the first weights
  public static CoderRecipe of(int latents, int k, int steps, long deadAfter, long seed) {
    return new CoderRecipe(
        latents,
        new Sparsity.TopK(k),
        Skip.LEARNED,
        Start.ZEROS,
        DecoderNorm.FREE,
        Revival.after(deadAfter),
        Annealing.NONE,
        CoderOptimizer.Adam.of(latents, steps),
        steps,
        seed);
  }

  /// {@return the recipe that the technical specification describes word for word: a quarter as
  /// many latents as the input is wide, all positive ones active, the input added to the output,
  /// the input itself as target} The best it can do is nothing: with decoder and bias at 0 the
  /// output already is the target, the loss is 0, and its gradient for every weight is 0. What it
  /// would learn on the way there is gone at the end. Use {@link #of} instead.
  ///
  /// @param inputWidth width of the input, at least 4
  /// @param steps number of steps
  /// @param seed of the first weights
  public static CoderRecipe literalSpecification(int inputWidth, int steps, long seed) {
    int latents = inputWidth / 4;
    return new CoderRecipe(
        latents,
        new Sparsity.L1(0),
        Skip.IDENTITY,
        Start.ZEROS,
        DecoderNorm.FREE,
        new Revival(0, 0, Revival.USUAL_TOKENS),
        Annealing.NONE,
        CoderOptimizer.Adam.of(latents, steps),
        steps,
        seed);
  }

  /// {@return this recipe with another sparsity}
  ///
  /// @param other sparsity
  public CoderRecipe with(Sparsity other) {
    return new CoderRecipe(
        latents, other, skip, start, norm, revival, annealing, optimizer, steps, seed);
  }

  /// {@return this recipe with another linear path}
  ///
  /// @param other path
  public CoderRecipe with(Skip other) {
    return new CoderRecipe(
        latents, sparsity, other, start, norm, revival, annealing, optimizer, steps, seed);
  }

  /// {@return this recipe with another first decoder, whose rows are held by another rule}
  ///
  /// @param other first decoder
  /// @param rule what holds its rows
  public CoderRecipe with(Start other, DecoderNorm rule) {
    return new CoderRecipe(
        latents, sparsity, skip, other, rule, revival, annealing, optimizer, steps, seed);
  }

  /// {@return this recipe with another revival}
  ///
  /// @param other revival
  public CoderRecipe with(Revival other) {
    return new CoderRecipe(
        latents, sparsity, skip, start, norm, other, annealing, optimizer, steps, seed);
  }

  /// {@return this recipe with another annealing}
  ///
  /// @param other annealing
  public CoderRecipe with(Annealing other) {
    return new CoderRecipe(
        latents, sparsity, skip, start, norm, revival, other, optimizer, steps, seed);
  }

  /// {@return this recipe with another optimizer}
  ///
  /// @param other optimizer
  public CoderRecipe with(CoderOptimizer other) {
    return new CoderRecipe(
        latents, sparsity, skip, start, norm, revival, annealing, other, steps, seed);
  }

  /// {@return `k` at a step}
  int kAt(int step) {
    int last = sparsity.k();
    int first = Math.min(annealing.from, latents);
    double length = annealing.share * steps;
    if (first <= last || step >= length) {
      return last;
    }
    return last + (int) Math.round((first - last) * (1 - step / length));
  }
}
