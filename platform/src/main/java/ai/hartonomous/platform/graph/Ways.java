package ai.hartonomous.platform.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which edges lie on a way from one feature to another.
///
/// Each edge of a way of at most `n` edges is among the first `(n + 1) / 2` from its begin, or
/// among the last `n / 2` before its end. So a store has to read no more than what lies that near
/// to either.
public final class Ways {

  private Ways() {}

  /// An edge.
  ///
  /// @param <N> how features are named
  /// @param source the feature that influences
  /// @param target the feature that is influenced
  public record Edge<N>(N source, N target) {}

  /// {@return how many edges from the begin of a way have to be read}
  ///
  /// @param length most edges of a way
  public static int fromBegin(int length) {
    return (length + 1) / 2;
  }

  /// {@return how many edges before the end of a way have to be read}
  ///
  /// @param length most edges of a way
  public static int beforeEnd(int length) {
    return length / 2;
  }

  /// {@return those edges that lie on a way}
  ///
  /// @param <N> how features are named
  /// @param edges edges near to its begin or its end
  /// @param from where ways begin
  /// @param to where they end
  /// @param length most edges of a way
  public static <N> Set<Edge<N>> between(Collection<Edge<N>> edges, N from, N to, int length) {
    Map<N, List<N>> leaving = new HashMap<>();
    Map<N, List<N>> entering = new HashMap<>();
    for (Edge<N> edge : edges) {
      leaving.computeIfAbsent(edge.source, _ -> new ArrayList<>()).add(edge.target);
      entering.computeIfAbsent(edge.target, _ -> new ArrayList<>()).add(edge.source);
    }
    Map<N, Integer> ahead = distances(leaving, from, length);
    Map<N, Integer> back = distances(entering, to, length);
    Set<Edge<N>> found = new HashSet<>();
    for (Edge<N> edge : edges) {
      int before = ahead.getOrDefault(edge.source, length);
      int after = back.getOrDefault(edge.target, length);
      if (before + 1 + after <= length) {
        found.add(edge);
      }
    }
    return found;
  }

  private static <N> Map<N, Integer> distances(Map<N, List<N>> next, N from, int most) {
    Map<N, Integer> distances = new HashMap<>(Map.of(from, 0));
    List<N> border = List.of(from);
    for (int distance = 1; distance <= most && !border.isEmpty(); distance++) {
      List<N> reached = new ArrayList<>();
      for (N here : border) {
        for (N there : next.getOrDefault(here, List.of())) {
          if (distances.putIfAbsent(there, distance) == null) {
            reached.add(there);
          }
        }
      }
      border = reached;
    }
    return distances;
  }
}
