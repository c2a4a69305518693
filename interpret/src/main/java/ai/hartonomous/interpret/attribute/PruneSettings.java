package ai.hartonomous.interpret.attribute;

/// What pruning keeps.
///
/// @param nodeThreshold share of influence that the kept nodes hold, from 0 to 1
/// @param edgeThreshold share of edge influence that the kept edges hold, from 0 to 1
/// @param counted which nodes share in influence
public record PruneSettings(double nodeThreshold, double edgeThreshold, Counted counted) {

  /// 0.8 of the nodes' influence, 0.98 of the edges', over all nodes.
  public static final PruneSettings DEFAULT = new PruneSettings(0.8, 0.98, Counted.ALL);

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if a threshold lies outside 0 to 1
  public PruneSettings {
    boolean within = nodeThreshold >= 0 && nodeThreshold <= 1;
    if (!within || !(edgeThreshold >= 0 && edgeThreshold <= 1)) {
      throw new IllegalArgumentException(
          "thresholds %s and %s, expected 0 to 1".formatted(nodeThreshold, edgeThreshold));
    }
  }
}
