package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Forward and backward passes that measure first-order effects at chosen places.
final class EffectPass {
  private final Transformer transformer;
  private final Trace trace;
  private final Components components;
  private final Map<HookPoint, SiteEffects> sites = new HashMap<>();

  /// Prepares passes over a model.
  ///
  /// @param transformer the model
  /// @param means means of its components
  EffectPass(Transformer transformer, ComponentMeans means) {
    this.transformer = transformer;
    trace = transformer.trace(Trace.Keep.TRAINING);
    components = new Components(transformer.config());
    int width = transformer.config().extents().headWidth();
    for (int l = 0; l < components.layers(); l++) {
      ComponentMeans.Layer mean = means.layers().get(l);
      sites.put(
          new HookPoint(Site.HEAD_OUTPUT, l),
          new SiteEffects(mean.heads(), width, components.head(l, 0)));
      sites.put(
          new HookPoint(Site.NEURONS, l),
          new SiteEffects(mean.neurons(), 1, components.neuron(l, 0)));
    }
  }

  Components components() {
    return components;
  }

  /// What happens at a place where effects are measured.
  interface Visit {

    /// Called after the outputs were remembered.
    void forward(HookPoint point, SiteEffects site, Matrix values);

    /// Called with the gradient before it goes on.
    void backward(HookPoint point, SiteEffects site, Matrix gradient, ExampleBatch batch);
  }

  /// Runs every item once.
  ///
  /// @param examples the items
  /// @param visit what to do at the places
  /// @throws InterruptedException if the thread was interrupted between two batches
  void run(List<Example> examples, Visit visit) throws InterruptedException {
    boolean causal = transformer.config().block().causal();
    Hooks forward =
        (point, values) -> {
          SiteEffects site = sites.get(point);
          if (site != null) {
            site.remember(values);
            visit.forward(point, site, values);
          }
        };
    for (ExampleBatch batch : ExampleBatch.pack(examples, GradientImportance.MAX_ROWS, causal)) {
      if (Thread.interrupted()) {
        throw new InterruptedException("measuring importance");
      }
      Matrix logits = transformer.forward(batch.tokens(), trace, forward);
      batch.lossGradient(transformer.kernels(), logits);
      Hooks backward =
          (point, gradient) -> {
            SiteEffects site = sites.get(point);
            if (site != null) {
              visit.backward(point, site, gradient, batch);
            }
          };
      transformer.backward(trace, logits, null, backward);
    }
  }
}
