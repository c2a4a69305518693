package ai.hartonomous.platform.graph;

import java.util.List;

/// Features and the edges between them.
///
/// @param features in the order of their ids
/// @param influences in the order of source and target
public record Subgraph(List<Feature> features, List<Influence> influences) {

  /// Copies the lists.
  public Subgraph {
    features = List.copyOf(features);
    influences = List.copyOf(influences);
  }
}
