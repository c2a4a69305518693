package ai.hartonomous.platform.graph;

import java.util.List;

/// A way from one feature to another that meets no feature twice.
///
/// @param strength product of the signed strengths of its edges
/// @param influences its edges, in order
public record StrongPath(double strength, List<Influence> influences) {

  /// Copies the list.
  public StrongPath {
    influences = List.copyOf(influences);
  }
}
