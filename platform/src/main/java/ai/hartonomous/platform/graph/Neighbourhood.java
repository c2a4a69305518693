package ai.hartonomous.platform.graph;

import java.util.List;

/// What lies around a feature.
///
/// @param features nearest first, then by id; the feature itself stands at distance 0
/// @param influences edges between these features that are strong enough
/// @param truncated whether there are more features than were asked for
public record Neighbourhood(List<Reached> features, List<Influence> influences, boolean truncated) {

  /// Copies the lists.
  public Neighbourhood {
    features = List.copyOf(features);
    influences = List.copyOf(influences);
  }

  /// A feature and how far it is.
  ///
  /// @param feature the feature
  /// @param distance edges of the shortest way to it
  public record Reached(Feature feature, int distance) {}
}
