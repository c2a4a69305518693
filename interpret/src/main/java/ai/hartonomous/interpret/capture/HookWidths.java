package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;

/// How many numbers stand in a row of a hook point.
public final class HookWidths {
  private HookWidths() {}

  /// {@return numbers in one row}
  ///
  /// @param config the model
  /// @param point the place
  /// @throws IllegalArgumentException if the model has no such point, or it is not one row per
  ///   token
  public static int of(ModelConfig config, HookPoint point) {
    boolean afterLayers = point.site() == Site.FINAL_NORM || point.site() == Site.LOGITS;
    int layers = afterLayers ? 1 : config.layers().size();
    if (point.layer() < 0 || point.layer() >= layers) {
      throw new IllegalArgumentException("the model has no " + point.path());
    }
    if (afterLayers) {
      boolean logits = point.site() == Site.LOGITS;
      return logits ? config.extents().outputs() : config.extents().width();
    }
    LayerConfig layer = config.layers().get(point.layer());
    return switch (point.site()) {
      case ATTENTION_PATTERN ->
          throw new IllegalArgumentException(point.path() + " is not one row per token");
      case HEAD_OUTPUT -> layer.heads() * config.extents().headWidth();
      case NEURONS, MLP_INPUT, MLP_OUTPUT -> inMlp(config, layer, point);
      default -> config.extents().width();
    };
  }

  private static int inMlp(ModelConfig config, LayerConfig layer, HookPoint point) {
    if (layer.neurons() == 0) {
      throw new IllegalArgumentException("the model has no " + point.path());
    }
    return point.site() == Site.NEURONS ? layer.neurons() : config.extents().width();
  }
}
