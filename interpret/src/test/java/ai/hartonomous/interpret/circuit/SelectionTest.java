package ai.hartonomous.interpret.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.interpret.circuit.Selection.Order;
import ai.hartonomous.interpret.circuit.Selection.Way;
import ai.hartonomous.model.tiny.Tiny;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SelectionTest {
  @TempDir private Path temporary;

  private static double[] scores(CircuitGraph graph, Object... namesAndScores) {
    double[] scores = new double[graph.edges()];
    for (int i = 0; i < namesAndScores.length; i += 2) {
      int edge = graph.edgeNamed((String) namesAndScores[i]).orElseThrow();
      scores[edge] = ((Number) namesAndScores[i + 1]).doubleValue();
    }
    return scores;
  }

  private static List<String> names(CircuitGraph graph, boolean[] inside) {
    List<String> names = new ArrayList<>();
    for (int e = 0; e < inside.length; e++) {
      if (inside[e]) {
        names.add(graph.edgeName(e));
      }
    }
    return names;
  }

  @Test
  void graphHasTheNodesAndEdgesOfEveryKindOfBlock() {
    // L layers of H heads: 1 + L (H + 1) sources, L (3 H + 1) + 1 slots
    CircuitGraph llama = CircuitGraph.of(Tiny.llama(1).config());
    assertThat(llama.sources()).hasSize(1 + 2 * 5);
    assertThat(llama.slots()).hasSize(2 * 13 + 1);
    // 12 slots read 1, m0 reads 5, 12 read 6, m1 reads 10, the logits 11
    assertThat(llama.edges()).isEqualTo(12 + 5 + 12 * 6 + 10 + 11);

    CircuitGraph parallel = CircuitGraph.of(Tiny.neox(1).config());
    assertThat(parallel.edgeNamed("a0.h0->m0")).isEmpty();
    assertThat(parallel.edgeNamed("a0.h0->m1")).isPresent();

    CircuitGraph toy = CircuitGraph.of(Tiny.toyAttentionOnly(1).config());
    assertThat(toy.sources()).hasSize(3);
    assertThat(toy.edges()).isEqualTo(3 + 6 + 3);

    CircuitGraph ragged = CircuitGraph.of(Tiny.llamaRagged(1).config());
    assertThat(ragged.edgeNamed("a0.h2->a1.h0<k>")).isPresent();
    assertThat(ragged.edgeNamed("a0.h0->a1.h1<k>")).isEmpty();
  }

  @Test
  void everyEdgeKnowsItsEndsAndName() {
    CircuitGraph graph = CircuitGraph.of(Tiny.gpt2(1).config());

    for (int e = 0; e < graph.edges(); e++) {
      assertThat(graph.edge(graph.sourceOf(e), graph.slotOf(e))).isEqualTo(e);
      assertThat(graph.edgeNamed(graph.edgeName(e))).hasValue(e);
    }
  }

  @Test
  void signedOrderTakesHelpersAndAbsoluteOrderTakesBoth() {
    CircuitGraph graph = CircuitGraph.of(Tiny.toyAttentionOnly(1).config());
    double[] scores = scores(graph, "input->a0.h0<v>", 3, "a0.h0->logits", 2, "input->logits", -5);

    assertThat(names(graph, new Selection(Order.SIGNED, Way.TOP).choose(graph, scores, 2)))
        .containsExactly("input->a0.h0<v>", "a0.h0->logits");
    assertThat(names(graph, new Selection(Order.ABSOLUTE, Way.TOP).choose(graph, scores, 1)))
        .containsExactly("input->logits");
  }

  @Test
  void edgesOffEveryPathArePruned() {
    CircuitGraph graph = CircuitGraph.of(Tiny.toyAttentionOnly(1).config());
    double[] scores = scores(graph, "a0.h0->a1.h0<k>", 9, "input->logits", 8, "a1.h0->logits", 7);

    boolean[] inside = new Selection(Order.SIGNED, Way.TOP).choose(graph, scores, 3);

    assertThat(names(graph, inside)).containsExactly("input->logits");
    assertThat(Selection.sources(graph, inside)).containsExactly(true, false, false);
  }

  @Test
  void greedyOrderFollowsWhatReachesTheLogits() {
    CircuitGraph graph = CircuitGraph.of(Tiny.toyAttentionOnly(1).config());
    double[] scores =
        scores(
            graph,
            "input->a0.h0<v>",
            9,
            "a1.h0->logits",
            3,
            "input->a1.h0<v>",
            2,
            "a0.h0->logits",
            1);

    boolean[] inside = new Selection(Order.SIGNED, Way.GREEDY).choose(graph, scores, 2);

    assertThat(names(graph, inside)).containsExactly("input->a1.h0<v>", "a1.h0->logits");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void allEdgesAreTheWholeGraph(Way way) {
    CircuitGraph graph = CircuitGraph.of(Tiny.llama(1).config());
    double[] scores = EdgeScorer.random(graph, 4).mean();

    boolean[] inside = new Selection(Order.ABSOLUTE, way).choose(graph, scores, graph.edges());

    assertThat(names(graph, inside)).hasSize(graph.edges());
  }

  @Test
  void scoresAreReadAsTheyWereWritten() throws Exception {
    CircuitGraph graph = CircuitGraph.of(Tiny.neox(1).config());
    double[] scores = EdgeScorer.random(graph, 4).mean();
    Path file = temporary.resolve("circuit.json");
    boolean[] inside = new boolean[graph.edges()];
    Arrays.fill(inside, true);

    CircuitFile.write(file, Tiny.neox(1).config(), scores, inside);

    assertThat(CircuitFile.readScores(file, graph)).isEqualTo(scores);
  }
}
