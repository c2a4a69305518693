package ai.hartonomous.interpret.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.attribute.FrozenModel.Freeze;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Influence, scores and pruning against the formulas written out over dense matrices.
class PrunedGraphTest {

  private static AttributionGraph graph(long seed) throws InterruptedException {
    var model = Tiny.gpt2(seed);
    try (Kernels kernels = Kernels.of(1)) {
      FrozenModel frozen =
          FrozenModel.of(
              new Transformer(model, kernels),
              RandomCoders.of(model.config(), 40, 6, RandomCoders.Skip.WITH_SKIP, seed),
              RandomCoders.ids(model.config(), 8, seed),
              Freeze.DEFAULT);
      return GraphTracer.trace(
          frozen,
          OutputTarget.likeliest(frozen, 0.95, 10),
          TraceSettings.DEFAULT,
          (done, all) -> {});
    }
  }

  /// `N`: absolute counted edges, rows divided by their sums.
  private static double[][] normalised(AttributionGraph graph, Counted counted) {
    double[][] edges = Dense.of(graph);
    for (double[] row : edges) {
      double sum = 0;
      for (int s = 0; s < row.length; s++) {
        row[s] = counted.counts(graph.nodes().get(s).kind()) ? Math.abs(row[s]) : 0;
        sum += row[s];
      }
      for (int s = 0; s < row.length; s++) {
        row[s] /= Math.max(1e-10, sum);
      }
    }
    return edges;
  }

  private static double[] weights(AttributionGraph graph) {
    double[] p = new double[graph.nodes().size()];
    for (int k = 0; k < graph.targets().size(); k++) {
      p[graph.sources() + k] = graph.targets().get(k).weight();
    }
    return p;
  }

  /// `Σ_{i ≥ 1} p Nⁱ`, power by power until nothing is left.
  private static double[] powers(double[][] n, double[] p) {
    double[] sum = new double[p.length];
    double[] current = p;
    for (int i = 0; i < 1_000; i++) {
      double[] next = new double[p.length];
      double left = 0;
      for (int t = 0; t < p.length; t++) {
        for (int s = 0; s < p.length; s++) {
          next[s] += current[t] * n[t][s];
        }
      }
      for (int s = 0; s < p.length; s++) {
        sum[s] += next[s];
        left += next[s];
      }
      current = next;
      if (left == 0) {
        return sum;
      }
    }
    throw new AssertionError("the graph has a cycle");
  }

  @ParameterizedTest(name = "{0}, seed 5")
  @EnumSource(Counted.class)
  void influenceIsTheSumOfAllPowers(Counted counted) throws InterruptedException {
    AttributionGraph graph = graph(5);

    double[] found = Influence.of(graph, counted);

    double[] expected = powers(normalised(graph, counted), weights(graph));
    for (int n = 0; n < expected.length; n++) {
      assertThat(found[n]).as(graph.nodes().get(n).id()).isCloseTo(expected[n], within(1e-6));
    }
  }

  @ParameterizedTest(name = "{0}, seed 6")
  @EnumSource(Counted.class)
  void scoresFollowTheirFormulas(Counted counted) throws InterruptedException {
    AttributionGraph graph = graph(6);
    double[][] n = normalised(graph, counted);
    double[] p = weights(graph);
    double[] v = powers(n, p);
    double tokens = 0;
    double errors = 0;
    double explained = 0;
    double all = 0;
    for (int t = 0; t < v.length; t++) {
      NodeKind kind = graph.nodes().get(t).kind();
      tokens += kind == NodeKind.TOKEN ? v[t] : 0;
      errors += kind == NodeKind.ERROR ? v[t] : 0;
      double free = 1;
      for (int s = 0; s < v.length; s++) {
        free -= graph.nodes().get(s).kind() == NodeKind.ERROR ? n[t][s] : 0;
      }
      explained += (v[t] + p[t]) * free;
      all += v[t] + p[t];
    }

    Scores scores = Scores.of(graph, counted);

    assertThat(scores.replacement()).isCloseTo(tokens / (tokens + errors), within(1e-6));
    assertThat(scores.completeness()).isCloseTo(explained / all, within(1e-6));
    assertThat(scores.replacement()).isBetween(0.01, 0.99);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {7, 8, 9})
  void keptNodesAndEdgesHoldTheThresholds(long seed) throws InterruptedException {
    AttributionGraph graph = graph(seed);
    PrunedGraph pruned = PrunedGraph.of(graph, PruneSettings.DEFAULT);
    double[] v = Influence.of(graph, Counted.ALL);
    double sum = 0;
    double held = 0;
    double smallest = Double.MAX_VALUE;
    for (int n = 0; n < v.length; n++) {
      NodeKind kind = graph.nodes().get(n).kind();
      sum += v[n];
      if (pruned.nodes()[n]) {
        held += v[n];
        smallest =
            kind == NodeKind.TOKEN || kind == NodeKind.LOGIT ? smallest : Math.min(smallest, v[n]);
      } else {
        assertThat(kind).isNotIn(NodeKind.TOKEN, NodeKind.LOGIT);
      }
    }

    assertThat(held / sum).isGreaterThan(0.75);
    int kept = 0;
    for (int r = 0; r < graph.rows().size(); r++) {
      EdgeRow row = graph.rows().get(r);
      for (int e : pruned.edges().get(r)) {
        assertThat(pruned.nodes()[row.target()]).isTrue();
        assertThat(pruned.nodes()[row.sources()[e]]).isTrue();
        kept++;
      }
    }
    assertThat(kept).isPositive();
    for (int n = 0; n < v.length; n++) {
      if (pruned.nodes()[n] && graph.nodes().get(n).kind() == NodeKind.FEATURE) {
        assertThat(hasEdgeInto(pruned, n)).isTrue();
        assertThat(hasEdgeFrom(pruned, n)).isTrue();
      }
    }
  }

  private static boolean hasEdgeInto(PrunedGraph pruned, int node) {
    for (int r = 0; r < pruned.edges().size(); r++) {
      if (pruned.graph().rows().get(r).target() == node) {
        return pruned.edges().get(r).length > 0;
      }
    }
    return false;
  }

  private static boolean hasEdgeFrom(PrunedGraph pruned, int node) {
    for (int r = 0; r < pruned.edges().size(); r++) {
      for (int e : pruned.edges().get(r)) {
        if (pruned.graph().rows().get(r).sources()[e] == node) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void importantNodesHaveASmallCumulativeShare() {
    double[] cumulative = PrunedGraph.cumulative(new double[] {1, 5, 0, 4});

    assertThat(cumulative).containsExactly(1, 0.5, 1, 0.9);
  }

  @Test
  void theBoundIsTheFirstValueThatReachesTheShareAndNeverZero() {
    assertThat(PrunedGraph.bound(new double[] {1, 5, 0, 4}, 0.5)).isEqualTo(5);
    assertThat(PrunedGraph.bound(new double[] {1, 5, 0, 4}, 0.51)).isEqualTo(4);
    assertThat(PrunedGraph.bound(new double[] {1, 5, 0, 4}, 1)).isEqualTo(1);
    assertThat(PrunedGraph.bound(new double[] {1, 5, 0, 4}, 0)).isEqualTo(5);
  }

  @Test
  void pruningDoesNotRaiseTheReplacementScoreByHidingErrors() throws InterruptedException {
    AttributionGraph graph = graph(10);
    Scores before = Scores.of(graph, Counted.ALL);

    Scores after =
        PrunedGraph.of(graph, new PruneSettings(0.5, 0.98, Counted.ALL)).scores(Counted.ALL);

    assertThat(after.replacement()).isLessThan(before.replacement());
    assertThat(after.completeness()).isLessThan(before.completeness());
  }

  @Test
  void keepingEverythingKeepsTheScores() throws InterruptedException {
    AttributionGraph graph = graph(11);
    Scores before = Scores.of(graph, Counted.ALL);

    Scores after = PrunedGraph.of(graph, new PruneSettings(1, 1, Counted.ALL)).scores(Counted.ALL);

    assertThat(after.replacement()).isCloseTo(before.replacement(), within(1e-6));
    assertThat(after.completeness()).isCloseTo(before.completeness(), within(1e-6));
  }

  @Test
  void aBoundOnEdgesKeepsTheLargestAndExactSums() throws InterruptedException {
    var model = Tiny.gpt2(12);
    try (Kernels kernels = Kernels.of(1)) {
      FrozenModel frozen =
          FrozenModel.of(
              new Transformer(model, kernels),
              RandomCoders.of(model.config(), 40, 6, RandomCoders.Skip.WITH_SKIP, 12),
              RandomCoders.ids(model.config(), 8, 12),
              Freeze.DEFAULT);
      List<OutputTarget> targets = OutputTarget.likeliest(frozen, 0.95, 10);
      TraceSettings ten = TraceSettings.DEFAULT.withEdgesPerTarget(10);
      AttributionGraph all =
          GraphTracer.trace(frozen, targets, TraceSettings.DEFAULT, (done, total) -> {});
      AttributionGraph largest = GraphTracer.trace(frozen, targets, ten, (done, total) -> {});

      for (int r = 0; r < all.rows().size(); r++) {
        EdgeRow full = all.rows().get(r);
        EdgeRow kept = largest.rows().get(r);
        assertThat(kept.sources().length).isEqualTo(Math.min(10, full.sources().length));
        assertThat(kept.signedSum()).isEqualTo(full.signedSum());
        assertThat(kept.absolute()).isEqualTo(full.absolute());
        float smallest = Float.MAX_VALUE;
        for (float weight : kept.weights()) {
          smallest = Math.min(smallest, Math.abs(weight));
        }
        int above = 0;
        for (float weight : full.weights()) {
          above += Math.abs(weight) > smallest ? 1 : 0;
        }
        assertThat(above).isLessThan(10);
      }
    }
  }

  @Test
  void theMostInfluentialFeaturesAreVisitedFirst() throws InterruptedException {
    var model = Tiny.gpt2(13);
    try (Kernels kernels = Kernels.of(1)) {
      FrozenModel frozen =
          FrozenModel.of(
              new Transformer(model, kernels),
              RandomCoders.of(model.config(), 40, 6, RandomCoders.Skip.WITH_SKIP, 13),
              RandomCoders.ids(model.config(), 8, 13),
              Freeze.DEFAULT);
      List<OutputTarget> targets = OutputTarget.likeliest(frozen, 0.95, 10);
      var few = new TraceSettings(20, 0, 5, 8_192);
      AttributionGraph all =
          GraphTracer.trace(frozen, targets, TraceSettings.DEFAULT, (done, total) -> {});
      AttributionGraph some = GraphTracer.trace(frozen, targets, few, (done, total) -> {});

      double[] influence = Influence.of(all, Counted.ALL);
      double visited = 0;
      var random = new SplittableRandom(13);
      double chance = 0;
      for (EdgeRow row : some.rows()) {
        boolean feature = row.target() < all.features();
        visited += feature ? influence[row.target()] : 0;
        chance += feature ? influence[random.nextInt(all.features())] : 0;
      }
      assertThat(some.visitedFeatures()).isEqualTo(20);
      assertThat(visited).isGreaterThan(2 * chance);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void selectingFindsWhatSortingFinds(long seed) {
    var random = new SplittableRandom(seed);
    for (int size = 1; size < 40; size++) {
      float[] x = new float[size];
      for (int i = 0; i < size; i++) {
        x[i] = random.nextInt(12);
      }
      float[] sorted = x.clone();
      Arrays.sort(sorted);
      for (int place = 0; place < size; place++) {
        assertThat(EdgeRow.select(x.clone(), place)).isEqualTo(sorted[place]);
      }
    }
  }
}
