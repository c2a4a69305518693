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
  FREE,
  /// Scores alone decide: a layer may lose all its heads, all its neurons, or both.
  OPEN,
  /// As {@link #OPEN}; a search also tries what becomes better when whole layers are left out and
  /// others get their share.
  LAYERS;

  /// {@return whether a search tries to leave out whole layers}
  boolean movesLayers() {
    return this == LAYERS;
  }

  /// {@return which components stay; empty if the budget is too small for what must stay}
  ///
  /// @param config the model
  /// @param scores score of each component, in the order of {@link Components}; only scores of one
  ///   kind, heads or neurons, are compared; negative infinity for what must go, where layers may
  ///   lose everything
  /// @param budget what may stay
  /// @param headShare most weights of heads, as a share of the weights that may stay
  Optional<boolean[]> choose(ModelConfig config, double[] scores, Budget budget, double headShare) {
    return switch (this) {
      case FREE -> new FreeChoice(config, true).choose(scores, budget, headShare);
      case OPEN, LAYERS -> new FreeChoice(config, false).choose(scores, budget, headShare);
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
