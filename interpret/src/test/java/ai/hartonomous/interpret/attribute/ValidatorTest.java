package ai.hartonomous.interpret.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.attribute.FrozenModel.Freeze;
import ai.hartonomous.interpret.attribute.Validation.Changes;
import ai.hartonomous.interpret.attribute.Validation.EdgeTrial;
import ai.hartonomous.interpret.attribute.Validation.GroupTrial;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ValidatorTest {

  static List<Tiny.Named> models() {
    return Tiny.all(14);
  }

  private static Validation validation(Model model, Freeze freeze) throws InterruptedException {
    try (Kernels kernels = Kernels.of(1)) {
      List<SparseCoder> coders =
          RandomCoders.of(model.config(), 40, 6, RandomCoders.Skip.WITH_SKIP, 14);
      int[] ids = RandomCoders.ids(model.config(), 7, 14);
      FrozenModel frozen = FrozenModel.of(new Transformer(model, kernels), coders, ids, freeze);
      AttributionGraph graph =
          GraphTracer.trace(
              frozen,
              OutputTarget.likeliest(frozen, 0.95, 5),
              TraceSettings.DEFAULT,
              (done, all) -> {});
      return Validator.run(
          frozen, PrunedGraph.of(graph, PruneSettings.DEFAULT), new Validator.Plan(12, 3, 2, 14));
    }
  }

  @ParameterizedTest(name = "{0}, random coders, seed 14")
  @MethodSource("models")
  void removingASourceInTheFrozenModelTakesItsEdgeAway(Tiny.Named named)
      throws InterruptedException {
    Validation validation = validation(named.model(), Freeze.DEFAULT);

    assertThat(validation.trials()).isNotEmpty();
    assertThat(validation.worstFrozen()).isLessThan(1e-3);
    GroupTrial group = validation.group();
    if (group != null) {
      assertThat(group.changes().frozen()).isCloseTo(-group.edges(), within(1e-3));
      assertThat(group.controls()).hasSize(2);
    }
  }

  /// Without norms, MLPs in between and free attention, the real model is linear in a token: what
  /// is frozen is all there is.
  @Test
  void withAttentionKeptAModelOfAttentionAloneAnswersAsTheFrozenOne() throws InterruptedException {
    Validation validation = validation(Tiny.toyAttentionOnly(15), Freeze.DEFAULT);

    assertThat(validation.trials()).isNotEmpty();
    for (EdgeTrial trial : validation.trials()) {
      assertThat(trial.changes().attentionFrozen()).isCloseTo(-trial.edge(), within(1e-4));
    }
    assertThat(validation.correlation(Changes::attentionFrozen)).isGreaterThan(0.9999);
    assertThat(validation.sameSign(Changes::attentionFrozen)).isEqualTo(1);
  }

  @Test
  void aFeatureThatWritesIntoTheLastResidualActsInTheRealModelWithoutNorms()
      throws InterruptedException {
    Model model = Tiny.toy(16);
    try (Kernels kernels = Kernels.of(1)) {
      List<SparseCoder> coders =
          RandomCoders.of(model.config(), 20, 4, RandomCoders.Skip.WITHOUT_SKIP, 16);
      FrozenModel frozen =
          FrozenModel.of(
              new Transformer(model, kernels),
              coders,
              RandomCoders.ids(model.config(), 5, 16),
              Freeze.DEFAULT);
      AttributionGraph graph =
          GraphTracer.trace(
              frozen,
              OutputTarget.likeliest(frozen, 0.95, 5),
              TraceSettings.DEFAULT,
              (done, all) -> {});
      var real = new RealForward(frozen);
      NodeValues before = real.run(Map.of(), false);
      EdgeRow row =
          graph.rows().stream()
              .filter(r -> r.target() == graph.sources())
              .findFirst()
              .orElseThrow();
      int seen = 0;
      for (int e = 0; e < row.sources().length; e++) {
        GraphNode node = graph.nodes().get(row.sources()[e]);
        if (node.kind() == NodeKind.FEATURE && node.layer() == 1 && node.position() == 4) {
          NodeValues after = real.run(Map.of(row.sources()[e], 0.0), false);
          double change =
              after.reading(graph, graph.sources()) - before.reading(graph, graph.sources());
          assertThat(change).isCloseTo(-row.weights()[e], within(1e-4));
          seen++;
        }
      }
      assertThat(seen).isPositive();
    }
  }

  @Test
  void theSameSeedDrawsTheSameTrials() throws InterruptedException {
    Validation once = validation(Tiny.neox(17), Freeze.DEFAULT);
    Validation again = validation(Tiny.neox(17), Freeze.DEFAULT);

    assertThat(again).isEqualTo(once);
    assertThat(Objects.requireNonNull(once.group()).members()).isNotEmpty();
  }
}
