package ai.hartonomous.interpret.attribute;

import java.util.List;

/// How much of a graph runs through features instead of errors. Source: circuit-tracer,
/// `compute_graph_scores`.
///
/// @param replacement of the influence that arrives at tokens and errors, the share that arrives at
///   tokens; from 0 to 1
/// @param completeness over all nodes, weighted by their influence and that of the targets
///   themselves, the share of incoming influence that does not come from errors; from 0 to 1
public record Scores(double replacement, double completeness) {

  /// Scores a whole graph.
  ///
  /// @param graph the graph
  /// @param counted which nodes share in influence
  /// @return the scores
  public static Scores of(AttributionGraph graph, Counted counted) {
    double[] influence = Influence.of(graph, counted);
    double[] errorShare = new double[influence.length];
    for (EdgeRow row : graph.rows()) {
      double errors = 0;
      for (NodeKind kind : List.of(NodeKind.ERROR, NodeKind.SKIP)) {
        errors += row.absolute().getOrDefault(kind, 0.0);
      }
      errorShare[row.target()] = errors / Math.max(Influence.LEAST_SUM, counted.sum(row));
    }
    double tokens = 0;
    double errors = 0;
    double explained = 0;
    double all = 0;
    for (int n = 0; n < influence.length; n++) {
      NodeKind kind = graph.nodes().get(n).kind();
      tokens += kind == NodeKind.TOKEN ? influence[n] : 0;
      errors += isError(kind) ? influence[n] : 0;
      double here = influence[n] + Influence.weight(n, influence.length, graph.targets());
      explained += here * (1 - errorShare[n]);
      all += here;
    }
    return new Scores(ratio(tokens, tokens + errors), ratio(explained, all));
  }

  static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }

  /// What a coder misses, and a skip path that is not followed, are unexplained.
  static boolean isError(NodeKind kind) {
    return kind == NodeKind.ERROR || kind == NodeKind.SKIP;
  }
}
