package ai.hartonomous.platform.vector;

/// How a search looks.
public enum Precision {
  /// By the index: fast, and nearly always what an exact search finds.
  FAST,
  /// At every vector in its scope.
  EXACT
}
