package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Transformer;
import java.util.List;

/// What replacing one component by its mean does to the loss, measured: one forward pass over the
/// items for each component asked about. No estimate, and so the yardstick of all others; meant for
/// a shortlist.
public final class AblationImportance {
  private final Transformer transformer;

  /// Measures on one model.
  ///
  /// @param transformer the model
  public AblationImportance(Transformer transformer) {
    this.transformer = transformer;
  }

  /// Removes one component after the other, alone.
  ///
  /// @param examples calibration items; at least one
  /// @param means what a removed component is replaced with
  /// @param shortlist components to measure, by their numbers in {@link Components}; the effect of
  ///   all others is left at 0
  /// @return rise of each item's loss
  /// @throws InterruptedException if the thread was interrupted between two batches
  public ItemEffects effects(List<Example> examples, ComponentMeans means, int... shortlist)
      throws InterruptedException {
    var components = new Components(transformer.config());
    var meter = new AnswerMeter(transformer);
    double[] clean = meter.measure(examples, Hooks.NONE).losses();
    float[][] effects = new float[examples.size()][components.count()];
    for (int c : shortlist) {
      double[] without = meter.measure(examples, without(components, means, c)).losses();
      for (int i = 0; i < clean.length; i++) {
        effects[i][c] = (float) (without[i] - clean[i]);
      }
    }
    return new ItemEffects("mean_ablation", components, effects);
  }

  private Hooks without(Components components, ComponentMeans means, int component) {
    boolean head = components.isHead(component);
    int layer = components.layer(component);
    int width = head ? transformer.config().extents().headWidth() : 1;
    int from = components.place(component) * width;
    ComponentMeans.Layer mean = means.layers().get(layer);
    float[] values = head ? mean.heads() : mean.neurons();
    var place = new HookPoint(head ? Site.HEAD_OUTPUT : Site.NEURONS, layer);
    return (point, matrix) -> {
      for (int r = 0; r < matrix.rows() && point.equals(place); r++) {
        System.arraycopy(values, from, matrix.data(), matrix.rowOffset(r) + from, width);
      }
    };
  }
}
