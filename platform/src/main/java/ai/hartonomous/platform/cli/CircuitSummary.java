package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.circuit.CircuitGraph;
import ai.hartonomous.interpret.circuit.EdgeScorer;
import ai.hartonomous.interpret.circuit.EdgeScores;
import ai.hartonomous.interpret.circuit.Recovery;
import ai.hartonomous.interpret.circuit.Resampling;
import ai.hartonomous.interpret.circuit.Resampling.Interval;
import ai.hartonomous.interpret.circuit.Selection;
import ai.hartonomous.interpret.circuit.SeveredEdges;
import ai.hartonomous.model.transformer.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Figures of scored edges.
///
/// @param graph the graph
/// @param scores scores of its edges
/// @param seed decides draws and halves
/// @param top how many to list
record CircuitSummary(CircuitGraph graph, EdgeScores scores, long seed, int top) {
  private static final int DRAWS = 1000;
  private static final int RANDOM_CIRCUITS = 100;
  private static final double AGREES = 0.5;

  void add(ObjectNode figures) {
    double[] mean = scores.mean();
    figures.put("edges", graph.edges());
    ArrayNode edges = figures.putArray("top_edges");
    ranked(mean).limit(top).forEach(e -> edge(edges.addObject(), e));
    double[] sources = scores.sources();
    ArrayNode nodes = figures.putArray("sources");
    ranked(sources)
        .limit(top)
        .forEach(
            u ->
                nodes
                    .addObject()
                    .put("node", graph.sources().get(u).name())
                    .put("score", sources[u]));
    neurons(figures.putArray("neurons"));
    if (scores.items().length > 1) {
      halves(figures.putObject("halves"));
    }
  }

  private static IntStream ranked(double[] scores) {
    Comparator<Integer> bySize = Comparator.comparingDouble(i -> -Math.abs(scores[i]));
    return IntStream.range(0, scores.length).boxed().sorted(bySize).mapToInt(Integer::intValue);
  }

  private void edge(ObjectNode json, int edge) {
    Interval interval =
        Resampling.bootstrap(
            scores.items().length,
            DRAWS,
            seed,
            chosen ->
                Arrays.stream(chosen).mapToDouble(i -> scores.items()[i][edge]).sum()
                    / chosen.length);
    json.put("edge", graph.edgeName(edge));
    interval(json, "score", interval);
  }

  /// Writes `name`, `name_low` and `name_high`.
  static void interval(ObjectNode json, String name, Interval interval) {
    json.put(name, interval.value());
    json.put(name + "_low", interval.low());
    json.put(name + "_high", interval.high());
  }

  private record Neuron(int layer, int number, double score) {}

  private void neurons(ArrayNode list) {
    List<Neuron> neurons = new ArrayList<>();
    for (int l = 0; l < scores.neurons().length; l++) {
      for (int n = 0; n < scores.neurons()[l].length; n++) {
        neurons.add(new Neuron(l, n, scores.neurons()[l][n]));
      }
    }
    neurons.sort(Comparator.comparingDouble(neuron -> -Math.abs(neuron.score())));
    for (Neuron neuron : neurons.subList(0, Math.min(top, neurons.size()))) {
      list.addObject()
          .put("neuron", "layers.%d.neurons.%d".formatted(neuron.layer(), neuron.number()))
          .put("score", neuron.score());
    }
  }

  /// How far two halves of the items agree: the correlation of all scores' ranks, and the overlap
  /// (intersection over union) of the highest tenth.
  private void halves(ObjectNode json) {
    int count = scores.items().length;
    int[] order = Resampling.shuffled(count, seed);
    double[] first = scores.mean(Arrays.copyOf(order, count / 2));
    double[] second = scores.mean(Arrays.copyOfRange(order, count / 2, count));
    int tenth = (graph.edges() + 9) / 10;
    boolean[] inFirst = new boolean[first.length];
    ranked(first).limit(tenth).forEach(e -> inFirst[e] = true);
    long both = ranked(second).limit(tenth).filter(e -> inFirst[e]).count();
    double overlap = (double) both / (2L * tenth - both);
    json.put("rank_correlation", Resampling.rankCorrelation(sizes(first), sizes(second)));
    json.put("overlap_of_top_tenth", overlap);
    json.put("reproduced", overlap >= AGREES);
  }

  private static double[] sizes(double[] scores) {
    return Arrays.stream(scores).map(Math::abs).toArray();
  }

  /// Compares scores with a known circuit.
  static void compare(ObjectNode json, Model model, double[] scores, boolean[] truth) {
    CircuitGraph graph = CircuitGraph.of(model.config());
    int members = count(truth);
    json.put("edges", members);
    json.put("auroc", Recovery.auroc(scores, truth));
    boolean[] severed = SeveredEdges.of(model);
    boolean[] carrying = truth.clone();
    ArrayNode none = json.putArray("listed_but_severed");
    for (int e = 0; e < truth.length; e++) {
      if (truth[e] && severed[e]) {
        carrying[e] = false;
        none.add(graph.edgeName(e));
      }
    }
    json.put("auroc_without_severed", Recovery.auroc(scores, carrying));
    double[] random = new double[RANDOM_CIRCUITS];
    Arrays.setAll(random, i -> Recovery.auroc(EdgeScorer.random(graph, i).mean(), truth));
    interval(json, "random_auroc", Resampling.spread(random));
    var selection = new Selection(Selection.Order.ABSOLUTE, Selection.Way.TOP);
    boolean[] found = selection.choose(graph, scores, members);
    boolean[] common = truth.clone();
    for (int e = 0; e < truth.length; e++) {
      common[e] &= found[e];
    }
    json.put("edges_found", count(common));
    boolean sameNodes =
        Arrays.equals(Selection.sources(graph, found), Selection.sources(graph, truth));
    json.put("nodes_recovered", sameNodes);
  }

  private static int count(boolean[] values) {
    int count = 0;
    for (boolean value : values) {
      count += value ? 1 : 0;
    }
    return count;
  }
}
