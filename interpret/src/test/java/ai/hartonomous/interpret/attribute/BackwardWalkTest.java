package ai.hartonomous.interpret.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.attribute.FrozenModel.Freeze;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Edges against the transformer's own backward pass. Its hooks stop the gradient at attention
/// patterns and MLPs and pass it on through `W_skip`; a norm's denominator it cannot stop, so these
/// models have no norms.
class BackwardWalkTest {

  static Stream<Tiny.Named> models() {
    return Tiny.all(3).stream()
        .map(named -> new Tiny.Named(named.name(), withoutNorms(named.model())));
  }

  private static Model withoutNorms(Model model) {
    ModelConfig c = model.config();
    Weights w = model.weights();
    var config =
        new ModelConfig(
            c.family(), c.extents(), c.positions(), null, c.block(), c.tied(), c.layers());
    List<LayerWeights> layers =
        w.layers().stream().map(l -> new LayerWeights(null, l.attention(), null, l.mlp())).toList();
    return new Model(config, new Weights(w.tokens(), w.positions(), layers, null, w.output()));
  }

  @ParameterizedTest(name = "{0} without norms, random coders, seed 3")
  @MethodSource("models")
  void edgesAreTheGradientsOfTheTransformerTimesTheSources(Tiny.Named named)
      throws InterruptedException {
    Model model = named.model();
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);
      List<SparseCoder> coders =
          RandomCoders.of(model.config(), 30, 5, RandomCoders.Skip.WITH_SKIP, 3);
      int[] ids = RandomCoders.ids(model.config(), 6, 3);
      FrozenModel frozen =
          FrozenModel.of(transformer, coders, ids, new Freeze(0, SkipPath.FOLLOWED));
      List<OutputTarget> targets = OutputTarget.likeliest(frozen, 0.95, 3);

      AttributionGraph graph =
          GraphTracer.trace(frozen, targets, TraceSettings.DEFAULT, (done, all) -> {});

      double[][] edges = Dense.of(graph);
      var real = new RealForward(frozen);
      for (EdgeRow row : graph.rows()) {
        Map<HookPoint, Matrix> gradients = gradients(frozen, graph, row.target());
        for (int s = 0; s < graph.sources(); s++) {
          GraphNode source = graph.nodes().get(s);
          if (RealForward.canScale(source.kind())) {
            boolean first = source.kind() == NodeKind.TOKEN || source.kind() == NodeKind.POSITION;
            Matrix gradient =
                at(
                    gradients,
                    first
                        ? new HookPoint(Site.RESIDUAL_BEFORE, 0)
                        : new HookPoint(Site.MLP_OUTPUT, source.layer()));
            assertThat(edges[row.target()][s])
                .as("%s from %s", graph.nodes().get(row.target()).id(), source.id())
                .isCloseTo(
                    dot(gradient, source.position(), real.written(source)),
                    within(1e-5 * row.absoluteSum()));
          }
        }
      }
    }
  }

  private static Matrix at(Map<HookPoint, Matrix> seen, HookPoint point) {
    return Objects.requireNonNull(seen.get(point), point::path);
  }

  private static double dot(Matrix gradient, int row, float[] vector) {
    double sum = 0;
    for (int c = 0; c < vector.length; c++) {
      sum += (double) gradient.at(row, c) * vector[c];
    }
    return sum;
  }

  /// Gradients of what a target reads, at every place where sources write.
  private static Map<HookPoint, Matrix> gradients(
      FrozenModel frozen, AttributionGraph graph, int target) {
    Transformer transformer = frozen.transformer();
    Trace trace = transformer.trace(Trace.Keep.TRAINING);
    Matrix logits = transformer.forward(Batch.of(frozen.ids()), trace, Hooks.NONE);
    Map<HookPoint, Matrix> seen = new HashMap<>();
    GraphNode node = graph.nodes().get(target);
    Hooks hooks =
        (point, gradient) -> {
          switch (point.site()) {
            case FINAL_NORM -> {
              if (node.kind() == NodeKind.LOGIT) {
                OutputTarget read = graph.targets().get(target - graph.sources());
                overwrite(gradient, node.position(), read.direction());
              }
            }
            case ATTENTION_PATTERN -> Arrays.fill(gradient.data(), 0f);
            case MLP_OUTPUT -> {
              Matrix copy = Matrix.zeros(gradient.rows(), gradient.cols());
              System.arraycopy(gradient.data(), 0, copy.data(), 0, copy.data().length);
              seen.put(point, copy);
              Arrays.fill(gradient.data(), 0f);
            }
            case MLP_INPUT -> intoMlp(frozen, node, point, seen, gradient);
            case RESIDUAL_BEFORE -> seen.put(point, gradient);
            default -> {}
          }
        };
    Matrix nothing = Matrix.zeros(logits.rows(), logits.cols());
    transformer.backward(trace, nothing, null, hooks);
    return seen;
  }

  private static void intoMlp(
      FrozenModel frozen,
      GraphNode target,
      HookPoint point,
      Map<HookPoint, Matrix> seen,
      Matrix gradient) {
    SparseCoder coder = FrozenModel.coder(frozen.mlp(point.layer()));
    Matrix out = at(seen, new HookPoint(Site.MLP_OUTPUT, point.layer()));
    Matrix skip = coder.weights().skip();
    for (int q = 0; skip != null && q < gradient.rows(); q++) {
      for (int in = 0; in < gradient.cols(); in++) {
        float sum = 0;
        for (int o = 0; o < gradient.cols(); o++) {
          sum += skip.at(o, in) * out.at(q, o);
        }
        gradient.data()[gradient.rowOffset(q) + in] = sum;
      }
    }
    if (target.kind() == NodeKind.FEATURE && target.layer() == point.layer()) {
      float[] reading = new float[gradient.cols()];
      coder.weights().encoder().readRow(target.unit(), reading, 0);
      overwrite(gradient, target.position(), reading);
    }
  }

  private static void overwrite(Matrix gradient, int row, float[] vector) {
    System.arraycopy(vector, 0, gradient.data(), gradient.rowOffset(row), vector.length);
  }
}
