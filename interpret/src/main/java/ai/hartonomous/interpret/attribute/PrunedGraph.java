package ai.hartonomous.interpret.attribute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The part of a graph that carries most of the influence. Source: circuit-tracer, `prune_graph`.
///
/// @param graph the whole graph
/// @param nodes which nodes are kept
/// @param edges for each row of the graph, the places of its kept edges, rising
/// @param influence influence of every node in the whole graph
/// @param cumulative share of all influence held by the nodes of at least a node's influence: small
///   for important nodes
public record PrunedGraph(
    AttributionGraph graph,
    boolean[] nodes,
    List<int[]> edges,
    double[] influence,
    double[] cumulative) {

  /// Prunes a graph.
  ///
  /// @param graph the graph
  /// @param settings what is kept
  /// @return the kept part
  public static PrunedGraph of(AttributionGraph graph, PruneSettings settings) {
    double[] influence = Influence.of(graph, settings.counted());
    double bound = bound(influence.clone(), settings.nodeThreshold());
    boolean[] nodes = new boolean[influence.length];
    for (int n = 0; n < nodes.length; n++) {
      nodes[n] = isAlwaysKept(graph, n) || (influence[n] >= bound && influence[n] > 0);
    }
    List<int[]> edges = keptEdges(graph, nodes, settings);
    dropLooseNodes(graph, nodes, edges);
    return new PrunedGraph(graph, nodes, edges, influence, cumulative(influence));
  }

  /// Scores of the kept part. What a dropped node gave is added to the error of the same layer and
  /// position, so that pruning cannot hide what is unexplained; edges that were never kept one by
  /// one count as error too.
  ///
  /// @param counted which nodes share in influence
  /// @return the scores
  public Scores scores(Counted counted) {
    double[] here = new double[nodes.length];
    double errors = 0;
    for (EdgeRow row : graph.rows()) {
      int t = row.target();
      here[t] += Influence.weight(t, nodes.length, graph.targets());
      if (!nodes[t] || here[t] == 0) {
        continue;
      }
      double error = errorSum(row, counted);
      double sum = error;
      for (int e = 0; e < row.sources().length; e++) {
        sum += isCredited(row.sources()[e], counted) ? Math.abs(row.weights()[e]) : 0;
      }
      double share = here[t] / Math.max(Influence.LEAST_SUM, sum);
      errors += error * share;
      for (int e = 0; e < row.sources().length; e++) {
        int s = row.sources()[e];
        here[s] += isCredited(s, counted) ? share * Math.abs(row.weights()[e]) : 0;
      }
    }
    double tokens = 0;
    double all = errors;
    for (int n = 0; n < nodes.length; n++) {
      tokens += graph.nodes().get(n).kind() == NodeKind.TOKEN ? here[n] : 0;
      all += nodes[n] ? here[n] : 0;
    }
    // Every node's influence times its share of errors adds up to the influence of the errors.
    return new Scores(Scores.ratio(tokens, tokens + errors), Scores.ratio(all - errors, all));
  }

  private boolean isCredited(int node, Counted counted) {
    NodeKind kind = graph.nodes().get(node).kind();
    return nodes[node] && counted.counts(kind) && !Scores.isError(kind);
  }

  /// What errors add to a target, dropped nodes added with their sign to the error of their place,
  /// and in full what is only in the row's sums.
  private double errorSum(EdgeRow row, Counted counted) {
    Map<Long, Double> places = new HashMap<>();
    double listed = 0;
    for (int e = 0; e < row.sources().length; e++) {
      int s = row.sources()[e];
      GraphNode node = graph.nodes().get(s);
      listed += counted.counts(node.kind()) ? Math.abs(row.weights()[e]) : 0;
      if (counted.counts(node.kind()) && !isCredited(s, counted)) {
        long place = ((long) node.layer() << 32) + node.position();
        places.merge(place, (double) row.weights()[e], Double::sum);
      }
    }
    double sum = Math.max(0, counted.sum(row) - listed);
    for (double part : places.values()) {
      sum += Math.abs(part);
    }
    return sum;
  }

  private static boolean isAlwaysKept(AttributionGraph graph, int node) {
    NodeKind kind = graph.nodes().get(node).kind();
    return kind == NodeKind.TOKEN || kind == NodeKind.LOGIT;
  }

  /// {@return the value above or at which values hold `threshold` of the sum; never one that is 0}
  static double bound(double[] values, double threshold) {
    Arrays.sort(values);
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double held = 0;
    for (int i = values.length - 1; i >= 0; i--) {
      held += values[i];
      boolean last = i == 0 || values[i - 1] == 0;
      if (held / sum >= threshold || last) {
        return values[i];
      }
    }
    return 0;
  }

  /// {@return cumulative share of every value when they are sorted, largest first}
  static double[] cumulative(double[] values) {
    List<Integer> order = new ArrayList<>();
    double sum = 0;
    for (int n = 0; n < values.length; n++) {
      order.add(n);
      sum += values[n];
    }
    order.sort((a, b) -> Double.compare(values[b], values[a]));
    double[] cumulative = new double[values.length];
    double held = 0;
    for (int n : order) {
      held += values[n];
      cumulative[n] = sum == 0 ? 0 : held / sum;
    }
    return cumulative;
  }

  /// Influence again, among the kept nodes; then the edges that hold most of it.
  private static List<int[]> keptEdges(
      AttributionGraph graph, boolean[] nodes, PruneSettings settings) {
    List<float[]> scores = edgeScores(graph, nodes, settings.counted());
    double[] all = new double[scores.stream().mapToInt(row -> row.length).sum()];
    int filled = 0;
    for (float[] row : scores) {
      for (float score : row) {
        all[filled++] = score;
      }
    }
    double bound = bound(all, settings.edgeThreshold());
    List<int[]> kept = new ArrayList<>();
    for (float[] row : scores) {
      int[] places = new int[row.length];
      int n = 0;
      for (int e = 0; e < row.length; e++) {
        if (row[e] >= bound && row[e] > 0) {
          places[n++] = e;
        }
      }
      kept.add(Arrays.copyOf(places, n));
    }
    return kept;
  }

  private static List<float[]> edgeScores(
      AttributionGraph graph, boolean[] nodes, Counted counted) {
    double[] here = new double[nodes.length];
    List<float[]> scores = new ArrayList<>();
    for (EdgeRow row : graph.rows()) {
      float[] score = new float[row.sources().length];
      scores.add(score);
      here[row.target()] += Influence.weight(row.target(), nodes.length, graph.targets());
      if (!nodes[row.target()]) {
        continue;
      }
      double sum = 0;
      for (int e = 0; e < score.length; e++) {
        int s = row.sources()[e];
        boolean counts = nodes[s] && counted.counts(graph.nodes().get(s).kind());
        score[e] = counts ? Math.abs(row.weights()[e]) : 0;
        sum += score[e];
      }
      for (int e = 0; e < score.length; e++) {
        score[e] = (float) (score[e] * here[row.target()] / Math.max(Influence.LEAST_SUM, sum));
        here[row.sources()[e]] += score[e];
      }
    }
    return scores;
  }

  /// Drops nodes that lead nowhere and features that nothing leads to, until there are none.
  private static void dropLooseNodes(AttributionGraph graph, boolean[] nodes, List<int[]> edges) {
    boolean changed = true;
    while (changed) {
      boolean[] out = new boolean[nodes.length];
      boolean[] in = new boolean[nodes.length];
      for (int r = 0; r < edges.size(); r++) {
        EdgeRow row = graph.rows().get(r);
        edges.set(r, stillKept(row, nodes, edges.get(r)));
        for (int e : edges.get(r)) {
          out[row.sources()[e]] = true;
          in[row.target()] = true;
        }
      }
      changed = false;
      for (int n = 0; n < nodes.length; n++) {
        boolean feature = graph.nodes().get(n).kind() == NodeKind.FEATURE;
        if (nodes[n] && !isAlwaysKept(graph, n) && (!out[n] || (feature && !in[n]))) {
          nodes[n] = false;
          changed = true;
        }
      }
    }
  }

  private static int[] stillKept(EdgeRow row, boolean[] nodes, int[] places) {
    return nodes[row.target()]
        ? Arrays.stream(places).filter(e -> nodes[row.sources()[e]]).toArray()
        : new int[0];
  }
}
