package ai.hartonomous.interpret.attribute;

/// How much of a graph is worked out and kept.
///
/// @param mostFeatures features that get incoming edges; the most influential ones come first
/// @param edgesPerTarget edges kept one by one for each target, the largest ones; 0 keeps all. Sums
///   are exact in any case
/// @param featuresPerRound features visited between two computations of influence
/// @param rowsAtOnce bounds the memory of one backward walk: positions times targets, at least one
///   target at a time
public record TraceSettings(
    int mostFeatures, int edgesPerTarget, int featuresPerRound, int rowsAtOnce) {

  /// 7,500 features, 2,048 edges each (at most 123 MB of edges), 1,024 features a round, 8,192 rows
  /// at once.
  public static final TraceSettings DEFAULT = new TraceSettings(7_500, 2_048, 1_024, 8_192);

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if a number is out of range
  public TraceSettings {
    if (mostFeatures < 0 || edgesPerTarget < 0 || featuresPerRound < 1 || rowsAtOnce < 1) {
      throw new IllegalArgumentException(
          "settings out of range: %d features, %d edges, %d a round, %d rows"
              .formatted(mostFeatures, edgesPerTarget, featuresPerRound, rowsAtOnce));
    }
  }

  /// {@return the same, with another bound on features}
  ///
  /// @param most features that get incoming edges
  public TraceSettings withMostFeatures(int most) {
    return new TraceSettings(most, edgesPerTarget, featuresPerRound, rowsAtOnce);
  }

  /// {@return the same, with another number of edges}
  ///
  /// @param most edges kept one by one for each target; 0 keeps all
  public TraceSettings withEdgesPerTarget(int most) {
    return new TraceSettings(mostFeatures, most, featuresPerRound, rowsAtOnce);
  }
}
