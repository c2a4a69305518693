package ai.hartonomous.platform.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CentralityTest {

  private static Map<String, Centrality> of(List<String> features, List<Influence> influences) {
    var graph = new Subgraph(features.stream().map(id -> Feature.of(id, id)).toList(), influences);
    return Centrality.of(graph).stream()
        .collect(Collectors.toMap(it -> it.feature().id(), Function.identity()));
  }

  private static Centrality at(Map<String, Centrality> all, String id) {
    return Objects.requireNonNull(all.get(id));
  }

  @Test
  void countsAndSumsEdges() {
    Map<String, Centrality> all =
        of(
            List.of("a", "b", "c"),
            List.of(
                Influence.of("a", "b", -2),
                Influence.of("c", "b", 0.5),
                Influence.of("b", "c", 3)));
    Centrality b = at(all, "b");

    assertThat(b.inEdges()).isEqualTo(2);
    assertThat(b.outEdges()).isEqualTo(1);
    assertThat(b.inStrength()).isEqualTo(2.5);
    assertThat(b.outStrength()).isEqualTo(3);
    assertThat(b.netStrength()).isEqualTo(-1.5);
  }

  /// The ranks solve `p = 0.15/3 + 0.85 M p` with a -> b (1/4), a -> c (3/4), b -> c, c -> a: with
  /// x = p(a), p(b) = 0.05 + 0.2125 x, p(c) = 1 - x - p(b) and x = 0.05 + 0.85 p(c).
  @Test
  void ranksAsTheFormulaSays() {
    Map<String, Centrality> all =
        of(
            List.of("a", "b", "c"),
            List.of(
                Influence.of("a", "b", 0.25),
                Influence.of("a", "c", -0.75),
                Influence.of("b", "c", 2),
                Influence.of("c", "a", 1)));

    double a = (0.05 + 0.85 * 0.95) / (1 + 0.85 * 1.2125);
    assertThat(at(all, "a").pageRank()).isCloseTo(a, within(1e-8));
    assertThat(at(all, "b").pageRank()).isCloseTo(0.05 + 0.2125 * a, within(1e-8));
    assertThat(all.values().stream().mapToDouble(Centrality::pageRank).sum())
        .isCloseTo(1, within(1e-9));
  }

  @Test
  void spreadsWhatFeaturesWithoutLeavingEdgesHold() {
    Map<String, Centrality> all =
        of(List.of("a", "b"), List.of(Influence.of("a", "b", 1), Influence.of("a", "a", 0)));

    // p(a) = 0.075 + 0.425 p(b) and p(a) + p(b) = 1
    assertThat(at(all, "a").pageRank()).isCloseTo(0.5 / 1.425, within(1e-8));
  }

  @Test
  void knowsTheEmptyGraph() {
    assertThat(Centrality.of(new Subgraph(List.of(), List.of()))).isEmpty();
  }

  @Test
  void putsTheHighestFirst() {
    var graph =
        new Subgraph(
            Stream.of("a", "b", "c").map(id -> Feature.of(id, id)).toList(),
            List.of(Influence.of("a", "c", 1), Influence.of("b", "c", 1)));

    assertThat(Centrality.of(graph)).extracting(it -> it.feature().id()).startsWith("c", "a");
  }
}
