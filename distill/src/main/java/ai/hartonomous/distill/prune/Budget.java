package ai.hartonomous.distill.prune;

import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.Model;
import java.util.Optional;

/// What a selection may keep at most.
///
/// @param parameterShare share of the weights of all heads and neurons, in `(0, 1]`
/// @param components heads and neurons together; at least 1
public record Budget(double parameterShare, int components) {

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if a number is out of range
  public Budget {
    if (!(parameterShare > 0 && parameterShare <= 1) || components < 1) {
      throw new IllegalArgumentException(
          "share %s of the parameters, %d components".formatted(parameterShare, components));
    }
  }

  /// {@return the budget under which a pruned model has no more parameters than it may; empty if
  /// embeddings, norms and folded means alone have more}
  ///
  /// @param model what is pruned
  /// @param most most trainable numbers of the result, tied ones once
  public static Optional<Budget> ofParameters(Model model, long most) {
    long weights = new ComponentWeights(model.config()).ofAll();
    long others = model.weights().parameterCount() - weights + folded(model);
    double share = Math.min(1, (most - others) / (double) weights);
    return share > 0
        ? Optional.of(new Budget(share, model.config().components()))
        : Optional.empty();
  }

  /// {@return the budget under which the numbers of a pruned model take no more bytes than they
  /// may; empty if embeddings, norms and folded means alone take more}
  ///
  /// @param model what is pruned
  /// @param most most bytes of all numbers; headers, tokenizer and padding are not counted
  /// @param bytesEach bytes of a number, such as 2 for BF16
  public static Optional<Budget> ofBytes(Model model, long most, int bytesEach) {
    return ofParameters(model, most / bytesEach);
  }

  /// Biases that folded means may add.
  private static long folded(Model model) {
    long sum = 0;
    for (LayerWeights layer : model.weights().layers()) {
      LayerWeights.Mlp mlp = layer.mlp();
      sum += layer.attention().output().bias() == null ? model.config().width() : 0;
      sum += mlp != null && mlp.down().bias() == null ? model.config().width() : 0;
    }
    return sum;
  }
}
