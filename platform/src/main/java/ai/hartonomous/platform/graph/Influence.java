package ai.hartonomous.platform.graph;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An edge: one feature influences another. There is at most one from a feature to another; storing
/// it again changes its figures.
///
/// @param sourceId the feature that influences
/// @param targetId the feature that is influenced
/// @param strength how strongly, negative where it inhibits; finite
/// @param evidence how that is known
/// @param updated when it was last stored, or null before that
public record Influence(
    String sourceId,
    String targetId,
    double strength,
    Evidence evidence,
    @Nullable Instant updated) {

  /// How a strength is known. What is null is not known.
  ///
  /// @param confidence 0 to 1
  /// @param method how it was measured
  /// @param samples number of prompts, pairs or positions it was measured on
  /// @param seed of what was random
  public record Evidence(
      @Nullable Double confidence,
      @Nullable String method,
      @Nullable Integer samples,
      @Nullable Long seed) {

    /// Nothing is known.
    public static final Evidence NONE = new Evidence(null, null, null, null);
  }

  /// {@return an edge of which only the strength is known}
  ///
  /// @param sourceId the feature that influences
  /// @param targetId the feature that is influenced
  /// @param strength how strongly
  public static Influence of(String sourceId, String targetId, double strength) {
    return new Influence(sourceId, targetId, strength, Evidence.NONE, null);
  }

  /// {@return the key by which edges are told apart and put in order}
  public String key() {
    return sourceId + '\n' + targetId;
  }
}
