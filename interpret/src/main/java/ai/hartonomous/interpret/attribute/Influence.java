package ai.hartonomous.interpret.attribute;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// How much of the targets' value arrives at every node when each node passes its share on to its
/// sources in proportion to their absolute edges: `v = Σ_{i ≥ 1} p Nⁱ`, `N` the absolute edges with
/// rows divided by their sums, `p` the targets' weights.
///
/// Source: circuit-tracer, `compute_influence`. Departures: edges lead from earlier to later layers
/// only, so one pass over the rows from the last layer down gives the exact sum; and the divisor is
/// the exact sum of a row even where only its largest edges were kept.
public final class Influence {
  static final double LEAST_SUM = 1e-10;

  private Influence() {}

  /// Computes the influence of all nodes.
  ///
  /// @param graph the graph
  /// @param counted which nodes share
  /// @return `v` of every node
  public static double[] of(AttributionGraph graph, Counted counted) {
    return of(graph.nodes(), graph.rows(), graph.targets(), counted);
  }

  static double[] of(
      List<GraphNode> nodes, List<EdgeRow> rows, List<OutputTarget> targets, Counted counted) {
    List<EdgeRow> ordered = new ArrayList<>(rows);
    ordered.sort(Comparator.comparingInt(row -> -nodes.get(row.target()).layer()));
    double[] influence = new double[nodes.size()];
    for (EdgeRow row : ordered) {
      double here = influence[row.target()] + weight(row.target(), nodes.size(), targets);
      if (here == 0) {
        continue;
      }
      double share = here / Math.max(LEAST_SUM, counted.sum(row));
      for (int e = 0; e < row.sources().length; e++) {
        int source = row.sources()[e];
        if (counted.counts(nodes.get(source).kind())) {
          influence[source] += share * Math.abs(row.weights()[e]);
        }
      }
    }
    return influence;
  }

  /// {@return `p` of a node: the weight of a target, else 0}
  static double weight(int node, int nodes, List<OutputTarget> targets) {
    int target = node - (nodes - targets.size());
    return target < 0 ? 0 : targets.get(target).weight();
  }
}
