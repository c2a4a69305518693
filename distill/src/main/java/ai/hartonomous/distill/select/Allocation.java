package ai.hartonomous.distill.select;

import ai.hartonomous.distill.importance.Components;
import ai.hartonomous.distill.prune.Budget;
import ai.hartonomous.distill.prune.Selection;
import ai.hartonomous.model.transformer.ModelConfig;
import java.util.Optional;

/// How a budget may be spread over layers.
public enum Allocation {
  /// Every layer keeps as many heads, key/value heads and neurons as every other, so that a format
  /// with one width for all layers holds no padding.
  EVEN,
  /// Every layer keeps what the scores say, at least one of each kind.
  FREE;

  /// {@return which components stay; empty if the budget is too small for one of each kind in every
  /// layer}
  ///
  /// @param config the model
  /// @param scores score of each component, in the order of {@link Components}; only scores of one
  ///   kind, heads or neurons, are compared
  /// @param budget what may stay
  /// @param headShare most weights of heads, as a share of the weights that may stay
  Optional<boolean[]> choose(ModelConfig config, double[] scores, Budget budget, double headShare) {
    return switch (this) {
      case FREE -> new FreeChoice(config).choose(scores, budget, headShare);
      case EVEN -> {
        var components = new Components(config);
        var asScores = components.scores("flat", 0, scores, new double[scores.length]);
        yield new Selection(config, asScores)
            .divided(budget, headShare)
            .map(keep -> Mask.of(components, keep));
      }
    };
  }
}
