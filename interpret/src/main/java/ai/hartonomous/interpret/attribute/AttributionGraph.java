package ai.hartonomous.interpret.attribute;

import java.util.List;

/// The direct effects between the nodes of one prompt.
///
/// @param nodes what can be a source, numbered as in the rows; the targets of the output follow, so
///   target `k` is node `sources + k`
/// @param sources how many nodes can be sources
/// @param features how many nodes are features: nodes 0 to this, exclusive
/// @param values activation of every feature, 0 for other nodes `[nodes]`
/// @param targets what is explained
/// @param rows edges into targets and visited features, those that stand later in the model first
public record AttributionGraph(
    List<GraphNode> nodes,
    int sources,
    int features,
    float[] values,
    List<OutputTarget> targets,
    List<EdgeRow> rows) {

  /// Copies the lists.
  public AttributionGraph {
    nodes = List.copyOf(nodes);
    targets = List.copyOf(targets);
    rows = List.copyOf(rows);
  }

  /// {@return how many features have incoming edges}
  public int visitedFeatures() {
    return rows.size() - targets.size();
  }

  /// {@return share of all absolute edges that is kept one by one; the rest is in sums only}
  public double listedShare() {
    double listed = 0;
    double all = 0;
    for (EdgeRow row : rows) {
      listed += row.listedSum();
      all += row.absoluteSum();
    }
    return Scores.ratio(listed, all);
  }
}
