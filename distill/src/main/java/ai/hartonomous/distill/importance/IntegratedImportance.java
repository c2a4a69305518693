package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.List;

/// Integrated gradients toward mean ablation. All heads of a layer, or all its neurons, go together
/// on a straight line from their means to their outputs, while everything before them is as it is
/// and everything behind them follows. Each component gets its part of the way:
///
/// ```
/// I(c) = 1/n Σ_i  −Σ_t (a_c(i,t) − m_c) · 1/S Σ_s ∂L_i/∂a_c(i,t) at m + α_s (a − m),  α_s = (s + ½)/S
/// ```
///
/// The scores of one such set add up to what replacing all of it by means does to the loss, but for
/// the error of the sum, `O(1/S²)`. Saturated attention, at which a plain gradient sees nothing, is
/// seen on the way.
///
/// Source: Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", 2017,
/// arXiv:1703.01365, equations 1 and 3; Hanna, Pezzelle and Belinkov, "Have Faith in Faithfulness",
/// 2024, arXiv:2403.17806 (EAP-IG; here in its form along activations, for nodes instead of edges,
/// and toward means instead of another prompt).
public final class IntegratedImportance {
  private final Transformer transformer;
  private final int steps;

  /// Measures on one model.
  ///
  /// @param transformer the model
  /// @param steps points on the way, `S`; at least 1
  /// @throws IllegalArgumentException if there is no step
  public IntegratedImportance(Transformer transformer, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(steps + " steps");
    }
    this.transformer = transformer;
    this.steps = steps;
  }

  /// Measures every head and neuron with `2 L S` forward and backward passes over the items.
  ///
  /// @param examples calibration items; at least one
  /// @param means means of the same model
  /// @return each item's rise of the loss, divided among the components
  /// @throws InterruptedException if the thread was interrupted between two batches
  public ItemEffects effects(List<Example> examples, ComponentMeans means)
      throws InterruptedException {
    var pass = new EffectPass(transformer, means);
    float[][] effects = new float[examples.size()][pass.components().count()];
    for (int l = 0; l < pass.components().layers(); l++) {
      for (Site kind : new Site[] {Site.HEAD_OUTPUT, Site.NEURONS}) {
        for (int step = 0; step < steps; step++) {
          var way = new Way(new HookPoint(kind, l), (step + 0.5f) / steps, effects);
          pass.run(examples, way);
        }
      }
    }
    return new ItemEffects("integrated_gradients", pass.components(), effects);
  }

  /// One point on the way of one set.
  private final class Way implements EffectPass.Visit {
    private final HookPoint moved;
    private final float share;
    private final float[][] effects;

    Way(HookPoint moved, float share, float[][] effects) {
      this.moved = moved;
      this.share = share;
      this.effects = effects;
    }

    @Override
    public void forward(HookPoint point, SiteEffects site, Matrix values) {
      if (point.equals(moved)) {
        site.shrink(values, share);
      }
    }

    @Override
    public void backward(HookPoint point, SiteEffects site, Matrix gradient, ExampleBatch batch) {
      if (point.equals(moved)) {
        site.add(batch, gradient, 1.0 / steps, effects);
      }
    }
  }
}
