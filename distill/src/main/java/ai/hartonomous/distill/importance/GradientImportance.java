package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;
import java.util.List;

/// First-order estimate of what replacing a component by its mean does to the loss of a capability:
///
/// ```
/// I(c) = 1/n Σ_i | Σ_t  ∂L_i/∂a_c(i,t) · (a_c(i,t) - m_c) |
/// ```
///
/// with `L_i` the mean cross-entropy in nats of item i's answer tokens, `a_c(i,t)` the component's
/// output at token t (the `K` numbers of a head, the one of a neuron), `m_c` its mean over all
/// tokens of the calibration items, and t over all tokens of the item: a component that works on
/// the prompt acts on the answer through attention.
///
/// Source: Molchanov et al., "Pruning Convolutional Neural Networks for Resource Efficient
/// Inference", 2017, arXiv:1611.06440, equation 8 (gradient times activation, absolute value per
/// example); Nanda, "Attribution Patching", 2023 (difference to a replacement value in place of the
/// activation itself). Departs from both in that the replacement is the mean, which is what pruning
/// later folds into the biases.
public final class GradientImportance {
  /// Most positions of a batch; bounds the memory of the backward pass.
  static final int MAX_ROWS = 1024;

  private final Transformer transformer;

  /// Measures on one model.
  ///
  /// @param transformer the model
  public GradientImportance(Transformer transformer) {
    this.transformer = transformer;
  }

  /// Measures every head and neuron with one forward and one backward pass over the items.
  ///
  /// @param examples calibration items; at least two for standard errors
  /// @param means means of the same model
  /// @return the scores with standard errors over items
  /// @throws InterruptedException if the thread was interrupted between two batches
  public ComponentScores measure(List<Example> examples, ComponentMeans means)
      throws InterruptedException {
    return effects(examples, means).absolute();
  }

  /// Measures the effect on every item.
  ///
  /// @param examples calibration items; at least one
  /// @param means means of the same model
  /// @return estimated rise of each item's loss
  /// @throws InterruptedException if the thread was interrupted between two batches
  public ItemEffects effects(List<Example> examples, ComponentMeans means)
      throws InterruptedException {
    boolean[] kept = new boolean[new Components(transformer.config()).count()];
    Arrays.fill(kept, true);
    return effects(examples, means, kept);
  }

  /// Measures the effect on every item while some components are replaced by their means. For a
  /// component that is in place this is what replacing it would cost; for one that is replaced,
  /// what it costs that it is.
  ///
  /// @param examples calibration items; at least one
  /// @param means means of the same model
  /// @param kept which components are in place, in the order of {@link Components}
  /// @return estimated difference of each item's loss
  /// @throws InterruptedException if the thread was interrupted between two batches
  public ItemEffects effects(List<Example> examples, ComponentMeans means, boolean[] kept)
      throws InterruptedException {
    var pass = new EffectPass(transformer, means);
    float[][] effects = new float[examples.size()][pass.components().count()];
    pass.run(
        examples,
        new EffectPass.Visit() {
          @Override
          public void forward(HookPoint point, SiteEffects site, Matrix values) {
            site.remove(values, kept, false);
          }

          @Override
          public void backward(
              HookPoint point, SiteEffects site, Matrix gradient, ExampleBatch batch) {
            site.add(batch, gradient, 1, effects);
            site.remove(gradient, kept, true);
          }
        });
    return new ItemEffects("gradient_times_deviation", pass.components(), effects);
  }
}
