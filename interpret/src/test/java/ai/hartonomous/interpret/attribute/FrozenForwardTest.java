package ai.hartonomous.interpret.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.attribute.FrozenModel.Freeze;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Edges against an explicit forward pass of the frozen model in double precision, for every family
/// and every node.
class FrozenForwardTest {
  private static final String CASES = "ai.hartonomous.interpret.attribute.ConservationTest#cases";

  private interface Check {
    void on(FrozenModel frozen, AttributionGraph graph);
  }

  private static void withGraph(Model model, RandomCoders.Skip skip, Freeze freeze, Check check)
      throws InterruptedException {
    try (Kernels kernels = Kernels.of(1)) {
      List<SparseCoder> coders = RandomCoders.of(model.config(), 24, 5, skip, 2);
      int[] ids = RandomCoders.ids(model.config(), 5, 2);
      var transformer = new Transformer(model, kernels);
      FrozenModel frozen = FrozenModel.of(transformer, coders, ids, freeze);
      List<OutputTarget> targets = OutputTarget.likeliest(frozen, 0.95, 10);
      check.on(
          frozen, GraphTracer.trace(frozen, targets, TraceSettings.DEFAULT, (done, all) -> {}));
    }
  }

  private static double[] ones(FrozenModel frozen) {
    double[] factors = new double[frozen.nodes().size()];
    Arrays.fill(factors, 1);
    return factors;
  }

  @ParameterizedTest(name = "{0} {2} {3}, random coders, seed 2")
  @MethodSource(CASES)
  void frozenModelHasTheValuesOfTheModel(
      String name, Model model, RandomCoders.Skip skip, Freeze freeze) throws InterruptedException {
    withGraph(
        model,
        skip,
        freeze,
        (frozen, graph) -> {
          NodeValues values = new FrozenForward(frozen).run(ones(frozen));

          for (EdgeRow row : graph.rows()) {
            double found = values.reading(graph, row.target());
            assertThat(found)
                .as(name + " " + graph.nodes().get(row.target()).id())
                .isCloseTo(row.value(), within(1e-5 * row.absoluteSum()));
          }
        });
  }

  /// Doubling is a central difference of any width: the frozen model is linear.
  @ParameterizedTest(name = "{0} {2} {3}, random coders, seed 2")
  @MethodSource(CASES)
  void doublingASourceChangesEveryReadingByItsEdge(
      String name, Model model, RandomCoders.Skip skip, Freeze freeze) throws InterruptedException {
    withGraph(
        model,
        skip,
        freeze,
        (frozen, graph) -> {
          var forward = new FrozenForward(frozen);
          double[][] edges = Dense.of(graph);
          NodeValues before = forward.run(ones(frozen));
          for (int s = 0; s < graph.sources(); s++) {
            double[] factors = ones(frozen);
            factors[s] = 2;

            NodeValues after = forward.run(factors);

            for (EdgeRow row : graph.rows()) {
              int t = row.target();
              double change = after.reading(graph, t) - before.reading(graph, t);
              assertThat(change)
                  .as("%s %s to %s", name, graph.nodes().get(s).id(), graph.nodes().get(t).id())
                  .isCloseTo(
                      edges[t][s], within(1e-3 * Math.abs(change) + 1e-6 * row.absoluteSum()));
            }
          }
        });
  }

  @ParameterizedTest(name = "{0} {2} {3}, random coders, seed 2")
  @MethodSource(CASES)
  void realModelWithoutInterventionHasTheSameReadings(
      String name, Model model, RandomCoders.Skip skip, Freeze freeze) throws InterruptedException {
    withGraph(
        model,
        skip,
        freeze,
        (frozen, graph) -> {
          NodeValues values = new RealForward(frozen).run(Map.of(0, 1.0), true);

          for (EdgeRow row : graph.rows()) {
            assertThat(values.reading(graph, row.target()))
                .as(name)
                .isCloseTo(row.value(), within(1e-5 * row.absoluteSum()));
          }
        });
  }
}
