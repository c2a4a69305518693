package ai.hartonomous.platform.graph;

/// How far to go from a feature.
///
/// @param featureId where to begin
/// @param direction which way
/// @param depth most edges from there, at least 0
/// @param minStrength edges of less absolute strength are not followed; at least 0
/// @param most features to name at most, nearest first
/// @param wanted which features to name
public record Walk(
    String featureId, Direction direction, int depth, double minStrength, int most, Wanted wanted) {

  /// A walk that names every feature.
  ///
  /// @param featureId where to begin
  /// @param direction which way
  /// @param depth most edges from there, at least 0
  /// @param minStrength edges of less absolute strength are not followed; at least 0
  /// @param most features to name at most, nearest first
  public Walk(String featureId, Direction direction, int depth, double minStrength, int most) {
    this(featureId, direction, depth, minStrength, most, Wanted.ALL);
  }
}
