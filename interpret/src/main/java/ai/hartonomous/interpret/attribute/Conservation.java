package ai.hartonomous.interpret.attribute;

/// How exactly the edges of a graph add up to the values of their targets.
///
/// @param nodes targets and features that were checked
/// @param worst largest {@link EdgeRow#relativeGap}
/// @param worstOfAbsolute largest gap relative to the sum of absolute edges: the rounding error of
///   the arithmetic
/// @param strictlyWithin share of nodes whose gap is at most 1e-4 of the value itself, however much
///   the edges cancel
/// @param biasShare share of all absolute edges that comes from biases and learned positions
public record Conservation(
    int nodes, double worst, double worstOfAbsolute, double strictlyWithin, double biasShare) {

  /// Largest relative gap that counts as conserved.
  public static final double BAR = 1e-4;

  /// Checks every node of a graph that has incoming edges.
  ///
  /// @param graph the graph
  /// @return what was found
  public static Conservation of(AttributionGraph graph) {
    double worst = 0;
    double worstOfAbsolute = 0;
    int strict = 0;
    double bias = 0;
    double all = 0;
    for (EdgeRow row : graph.rows()) {
      worst = Math.max(worst, row.relativeGap());
      worstOfAbsolute = Math.max(worstOfAbsolute, row.gap() / row.absoluteSum());
      strict += row.gap() <= BAR * Math.abs(row.value()) ? 1 : 0;
      all += row.absoluteSum();
      for (NodeKind kind : NodeKind.values()) {
        bias += kind.isBias() ? row.absolute().getOrDefault(kind, 0.0) : 0;
      }
    }
    int nodes = graph.rows().size();
    return new Conservation(
        nodes, worst, worstOfAbsolute, Scores.ratio(strict, nodes), Scores.ratio(bias, all));
  }

  /// {@return whether every node is conserved}
  public boolean holds() {
    return worst <= BAR;
  }
}
