package ai.hartonomous.interpret.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.interpret.attribute.FrozenModel.Freeze;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What arrives at a node adds up to its value: for every family of models, with coders of random
/// weights.
class ConservationTest {

  static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Tiny.Named named : Tiny.all(1)) {
      for (RandomCoders.Skip skip : RandomCoders.Skip.values()) {
        for (Freeze freeze :
            List.of(
                Freeze.DEFAULT, new Freeze(0, SkipPath.FOLLOWED), new Freeze(2, SkipPath.LEAF))) {
          cases.add(Arguments.of(named.name(), named.model(), skip, freeze));
        }
      }
    }
    return cases.stream();
  }

  @ParameterizedTest(name = "{0} {2} {3}, random coders, seed 1")
  @MethodSource("cases")
  void edgesOfEveryNodeAddUpToItsValue(
      String name, Model model, RandomCoders.Skip skip, Freeze freeze) throws InterruptedException {
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);
      var coders = RandomCoders.of(model.config(), 40, 6, skip, 1);
      int[] ids = RandomCoders.ids(model.config(), 9, 1);
      FrozenModel frozen = FrozenModel.of(transformer, coders, ids, freeze);
      List<OutputTarget> targets = OutputTarget.likeliest(frozen, 0.95, 10);

      AttributionGraph graph =
          GraphTracer.trace(frozen, targets, TraceSettings.DEFAULT, (done, total) -> {});

      assertThat(graph.rows()).hasSize(targets.size() + frozen.nodes().features());
      for (EdgeRow row : graph.rows()) {
        GraphNode node = graph.nodes().get(row.target());
        assertThat(row.relativeGap()).as(name + " " + node.id()).isLessThan(1e-4);
      }
    }
  }
}
