package ai.hartonomous.platform.graph;

/// Which way edges are followed.
public enum Direction {
  /// From a feature to what it influences.
  OUT,
  /// From a feature to what influences it.
  IN,
  /// Both ways.
  BOTH
}
