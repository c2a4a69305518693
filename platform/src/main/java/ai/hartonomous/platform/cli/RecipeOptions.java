package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.transcoder.train.CoderOptimizer;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Annealing;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Revival;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Skip;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Start;
import ai.hartonomous.interpret.transcoder.train.Sparsity;
import ai.hartonomous.tensor.RowUpdate.DecoderNorm;
import ai.hartonomous.tensor.RowUpdate.Reach;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What kind of coder a training makes, and how.
final class RecipeOptions {

  /// What keeps most latents at 0.
  enum Activation {
    TOPK,
    BATCHTOPK,
    JUMPRELU,
    L1
  }

  /// How weights follow gradients.
  enum Optimizer {
    ADAM,
    SIGNUM
  }

  @Option(
      names = "--latents",
      paramLabel = "F",
      description = "Latents of each coder (default: 32 times the width of its input).")
  private int latents;

  @Option(
      names = "--k",
      paramLabel = "K",
      defaultValue = "32",
      description =
          "Active latents of a token; of jumprelu the target, not used by l1 (default:"
              + " ${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      defaultValue = "topk",
      description =
          "topk; batchtopk and jumprelu, both saved with thresholds; l1 (default:"
              + " ${DEFAULT-VALUE}).")
  private Activation activation = Activation.TOPK;

  @Option(
      names = "--penalty",
      paramLabel = "X",
      defaultValue = "0.01",
      description = "Weight of the norm of the activations with l1 (default: ${DEFAULT-VALUE}).")
  private double penalty;

  @Option(
      names = "--skip",
      paramLabel = "KIND",
      defaultValue = "learned",
      description =
          "Linear path from input to output: learned, none, identity (default: ${DEFAULT-VALUE};"
              + " autoencoders: none).")
  private Skip skip = Skip.LEARNED;

  @Option(
      names = "--start",
      paramLabel = "KIND",
      description =
          "First decoder: zeros (default), encoder (default of autoencoders), mlp_response.")
  private @Nullable Start start;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "adam",
      description = "adam (exact) or signum (latents that are not active rest).")
  private Optimizer optimizer = Optimizer.ADAM;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description =
          "Largest learning rate (default: adam 2e-4, signum 5e-3, divided by the root of F /"
              + " 16384).")
  private double rate;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "-1",
      description = "Steps until adam's largest rate (default: 1000 or a tenth of all).")
  private int warmUp;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Steps (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--dead-after",
      paramLabel = "TOKENS",
      description =
          "Tokens without activity after which a latent counts as dead (default: 10,000,000 or a"
              + " tenth of all).")
  private long deadAfter;

  @Option(
      names = "--revival",
      paramLabel = "X",
      defaultValue = "0.03125",
      description = "Weight of the loss that brings dead latents back (default: 1/32).")
  private double revival;

  @Option(
      names = "--anneal",
      paramLabel = "K",
      description = "Begins with this k, which falls to --k over the first 80 %% of the steps.")
  private int anneal;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Source of the first weights and of the order of tokens (default: 1).")
  private long seed;

  @Option(
      names = "--literal-specification",
      description =
          "Trains what the technical specification says word for word: a quarter as many latents as"
              + " the input is wide, the input added and the target. Its best solution is to do"
              + " nothing; see docs/transcoders.md.")
  private boolean literal;

  long seed() {
    return seed;
  }

  boolean isLiteral() {
    return literal;
  }

  /// {@return the recipe}
  ///
  /// @param width of the coders' input
  /// @param rows tokens in a step
  /// @param autoencoder whether inputs and targets are the same
  /// @throws IllegalArgumentException if an option is out of range
  CoderRecipe recipe(int width, int rows, boolean autoencoder) {
    if (literal) {
      return CoderRecipe.literalSpecification(width, steps, seed);
    }
    int count = latents > 0 ? latents : Math.multiplyExact(32, width);
    long usual = Math.min(Revival.USUAL_TOKENS, Math.max(1, (long) steps * rows / 10));
    CoderRecipe recipe =
        CoderRecipe.of(count, k, steps, deadAfter > 0 ? deadAfter : usual, seed)
            .with(sparsity())
            .with(autoencoder ? Skip.NONE : skip)
            .with(new Revival(revival, 0, deadAfter > 0 ? deadAfter : usual))
            .with(new Annealing(anneal, 0.8))
            .with(optimizer(count));
    Start usualStart = autoencoder ? Start.ENCODER : Start.ZEROS;
    DecoderNorm norm = autoencoder ? DecoderNorm.UNIT : DecoderNorm.FREE;
    return recipe.with(start == null ? usualStart : start, norm);
  }

  private Sparsity sparsity() {
    return switch (activation) {
      case TOPK -> new Sparsity.TopK(k);
      case BATCHTOPK -> new Sparsity.BatchTopK(k);
      case JUMPRELU -> Sparsity.JumpRelu.of(k);
      case L1 -> new Sparsity.L1(penalty);
    };
  }

  private CoderOptimizer optimizer(int count) {
    return switch (optimizer) {
      case ADAM -> {
        CoderOptimizer.Adam usual = CoderOptimizer.Adam.of(count, steps);
        double highest = rate > 0 ? rate : usual.rate();
        yield new CoderOptimizer.Adam(highest, warmUp < 0 ? usual.warmUp() : warmUp, Reach.EVERY);
      }
      case SIGNUM -> {
        CoderOptimizer.Signum usual = CoderOptimizer.Signum.of(count);
        double highest = rate > 0 ? rate : usual.rate();
        yield new CoderOptimizer.Signum(highest, usual.momentum(), usual.reach());
      }
    };
  }
}
