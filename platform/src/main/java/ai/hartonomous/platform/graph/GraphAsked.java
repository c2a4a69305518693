package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.graph.Graphs.PathsAsked;
import ai.hartonomous.platform.web.Problem;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Questions to the graph, as parameters of an address.
final class GraphAsked {

  private GraphAsked() {}

  /// What lies around a feature?
  ///
  /// @param feature where to begin
  /// @param depth most edges from there; 1 if null
  /// @param direction which way; `both` if null
  /// @param minStrength edges of less absolute strength are not followed; 0 if null
  /// @param limit most features; 200 if null
  record Neighbours(
      @Nullable String feature,
      @Nullable Integer depth,
      @Nullable Direction direction,
      @Nullable Double minStrength,
      @Nullable Integer limit) {

    Walk walk() {
      return new Walk(
          required("feature", feature),
          Objects.requireNonNullElse(direction, Direction.BOTH),
          Objects.requireNonNullElse(depth, 1),
          Objects.requireNonNullElse(minStrength, 0.0),
          Objects.requireNonNullElse(limit, 200));
    }
  }

  /// Which ways lead from a feature to another?
  ///
  /// @param from where they begin
  /// @param to where they end
  /// @param length most edges; 4 if null
  /// @param minStrength edges of less absolute strength do not count; 0 if null
  /// @param count most paths; 10 if null
  record Ways(
      @Nullable String from,
      @Nullable String to,
      @Nullable Integer length,
      @Nullable Double minStrength,
      @Nullable Integer count) {

    String fromId() {
      return required("from", from);
    }

    String toId() {
      return required("to", to);
    }

    PathsAsked paths() {
      return new PathsAsked(
          Objects.requireNonNullElse(length, 4),
          Objects.requireNonNullElse(minStrength, 0.0),
          Objects.requireNonNullElse(count, 10),
          Wanted.ALL);
    }
  }

  private static String required(String field, @Nullable String value) {
    if (value == null || value.isEmpty()) {
      throw Problem.invalid(field, "must be the id of a feature");
    }
    return value;
  }
}
