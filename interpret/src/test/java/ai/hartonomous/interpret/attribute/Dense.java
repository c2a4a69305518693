package ai.hartonomous.interpret.attribute;

/// A small graph as a dense matrix, for comparisons.
final class Dense {

  private Dense() {}

  /// {@return edges `[targets, sources]` by node number}
  static double[][] of(AttributionGraph graph) {
    double[][] edges = new double[graph.nodes().size()][graph.nodes().size()];
    for (EdgeRow row : graph.rows()) {
      for (int e = 0; e < row.sources().length; e++) {
        edges[row.target()][row.sources()[e]] = row.weights()[e];
      }
    }
    return edges;
  }
}
