package ai.hartonomous.distill.evaluate;

import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.importance.AnswerMeter.Answers;
import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.MeanAblation;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Runs that differ in one component of one layer. They begin at that layer with what the residual
/// stream holds there, since below it nothing differs.
final class LayerRuns {
  private static final int MAX_ROWS = 2048;

  private final int layer;
  private final int headWidth;
  private final AnswerMeter meter;
  private final int items;
  private final ComponentMeans.Layer means;
  private final Hooks allReplaced;
  private final List<Recorded> batches;

  /// One batch with what passes the layer's hook points: in the clean run, and the residual stream
  /// of the run with everything replaced.
  private record Recorded(
      ExampleBatch batch,
      List<Example> examples,
      float[] clean,
      float[] heads,
      float[] neurons,
      float[] baseline) {}

  private LayerRuns(
      Model agent,
      int layer,
      Transformer upwards,
      ComponentMeans means,
      int items,
      List<Recorded> batches) {
    this.layer = layer;
    this.headWidth = agent.config().extents().headWidth();
    this.meter = new AnswerMeter(upwards);
    this.items = items;
    this.means = means.layers().get(layer);
    var above = new ComponentMeans(means.layers().subList(layer, means.layers().size()));
    this.allReplaced = MeanAblation.hooks(upwards.config(), nothing(upwards.config()), above);
    this.batches = batches;
  }

  int layer() {
    return layer;
  }

  /// Records what the runs begin with.
  static LayerRuns record(Transformer agent, int layer, EvidenceItems items, ComponentMeans means)
      throws InterruptedException {
    Trace trace = agent.trace(Trace.Keep.INFERENCE);
    Hooks replaced = MeanAblation.hooks(agent.config(), nothing(agent.config()), means);
    List<Recorded> batches = new ArrayList<>();
    boolean causal = agent.config().block().causal();
    for (ExampleBatch batch : ExampleBatch.pack(items.examples(), MAX_ROWS, causal)) {
      if (Thread.interrupted()) {
        throw new InterruptedException("measuring evidence");
      }
      var clean = new Tap(layer);
      agent.forward(batch.tokens(), trace, clean);
      var baseline = new Tap(layer);
      agent.forward(batch.tokens(), trace, replaced.andThen(baseline));
      batches.add(
          new Recorded(
              batch,
              Arrays.stream(batch.examples()).mapToObj(items.examples()::get).toList(),
              clean.residual,
              clean.heads,
              clean.neurons,
              baseline.residual));
    }
    var upwards = new Transformer(from(agent.model(), layer), agent.kernels());
    return new LayerRuns(agent.model(), layer, upwards, means, items.examples().size(), batches);
  }

  private static Keep nothing(ModelConfig config) {
    return new Keep(
        config.layers().stream().map(_ -> new Keep.Layer(new int[0], new int[0])).toList());
  }

  /// The model without the layers below one; its embedding is overwritten by whoever runs it.
  private static Model from(Model model, int layer) {
    Weights weights = model.weights();
    int count = weights.layers().size();
    return new Model(
        model.config().withLayers(model.config().layers().subList(layer, count)),
        new Weights(
            weights.tokens(),
            weights.positions(),
            weights.layers().subList(layer, count),
            weights.finalNorm(),
            weights.output()));
  }

  /// {@return the answers with one component replaced by its mean}
  Answers ablated(Site site, int index) throws InterruptedException {
    int width = site == Site.HEAD_OUTPUT ? headWidth : 1;
    float[] mean = site == Site.HEAD_OUTPUT ? means.heads() : means.neurons();
    return run(
        recorded ->
            at(Site.RESIDUAL_BEFORE, values -> overwrite(values, recorded.clean))
                .andThen(at(site, values -> putMean(values, mean, index * width, width))));
  }

  /// {@return the answers with everything but one component replaced}
  Answers patched(Site site, int index) throws InterruptedException {
    int width = site == Site.HEAD_OUTPUT ? headWidth : 1;
    return run(
        recorded -> {
          float[] values = site == Site.HEAD_OUTPUT ? recorded.heads : recorded.neurons;
          return at(Site.RESIDUAL_BEFORE, residual -> overwrite(residual, recorded.baseline))
              .andThen(allReplaced)
              .andThen(at(site, now -> putBack(now, values, index * width, width)));
        });
  }

  private interface OfBatch {
    Hooks hooks(Recorded recorded);
  }

  private interface Change {
    void of(Matrix values);
  }

  /// Changes the values at one site of the first layer that is run.
  private static Hooks at(Site site, Change change) {
    return (point, values) -> {
      if (point.site() == site && point.layer() == 0) {
        change.of(values);
      }
    };
  }

  private Answers run(OfBatch hooks) throws InterruptedException {
    var all = new Answers(new double[items], new boolean[items]);
    for (Recorded recorded : batches) {
      Answers some = meter.measure(recorded.examples, hooks.hooks(recorded));
      int[] places = recorded.batch.examples();
      for (int i = 0; i < places.length; i++) {
        all.losses()[places[i]] = some.losses()[i];
        all.exact()[places[i]] = some.exact()[i];
      }
    }
    return all;
  }

  private static void overwrite(Matrix values, float[] with) {
    if (with.length != values.rows() * values.cols()) {
      throw new IllegalStateException("a batch was cut in another way than when it was recorded");
    }
    for (int r = 0; r < values.rows(); r++) {
      System.arraycopy(with, r * values.cols(), values.data(), values.rowOffset(r), values.cols());
    }
  }

  private static void putMean(Matrix values, float[] mean, int from, int width) {
    for (int r = 0; r < values.rows(); r++) {
      System.arraycopy(mean, from, values.data(), values.rowOffset(r) + from, width);
    }
  }

  private static void putBack(Matrix values, float[] clean, int from, int width) {
    for (int r = 0; r < values.rows(); r++) {
      int at = r * values.cols() + from;
      System.arraycopy(clean, at, values.data(), values.rowOffset(r) + from, width);
    }
  }

  /// Copies what passes the hook points of one layer.
  private static final class Tap implements Hooks {
    private final int layer;
    private float[] residual = {};
    private float[] heads = {};
    private float[] neurons = {};

    Tap(int layer) {
      this.layer = layer;
    }

    @Override
    public void at(HookPoint point, Matrix values) {
      if (point.layer() != layer) {
        return;
      }
      switch (point.site()) {
        case RESIDUAL_BEFORE -> residual = copy(values);
        case HEAD_OUTPUT -> heads = copy(values);
        case NEURONS -> neurons = copy(values);
        default -> {}
      }
    }

    private static float[] copy(Matrix values) {
      float[] copy = new float[values.rows() * values.cols()];
      for (int r = 0; r < values.rows(); r++) {
        values.readRow(r, copy, r * values.cols());
      }
      return copy;
    }
  }
}
