package ai.hartonomous.platform.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Finds the strongest paths between two features. The strength of a path is the product of the
/// strengths of its edges: what a unit of the first feature adds to the last one along this path,
/// if influences add up and each is as strong as its edge says. Paths are compared by its absolute
/// value.
///
/// Best-first search: a path that is begun waits with the most it can still become, which is its
/// own strength times the strongest way on from its end with the edges that are left. That bound
/// comes from one pass over the edges per step (dynamic programming over walks), so the first
/// complete paths that leave the queue are the strongest ones exactly. Source: Hart, Nilsson and
/// Raphael, "A Formal Basis for the Heuristic Determination of Minimum Cost Paths", 1968.
final class PathSearch {

  /// Begun paths that may be looked at, so that no question takes long.
  private static final int MOST_BEGUN = 200_000;

  private final String to;
  private final int length;
  private final Map<String, List<Influence>> leaving = new HashMap<>();
  private final List<Map<String, Double>> bounds = new ArrayList<>();
  private int begun;

  /// Prepares a search.
  ///
  /// @param influences edges that may be used
  /// @param to where paths end
  /// @param length most edges of a path
  PathSearch(List<Influence> influences, String to, int length) {
    this.to = to;
    this.length = length;
    for (Influence influence : influences) {
      leaving.computeIfAbsent(influence.sourceId(), _ -> new ArrayList<>()).add(influence);
    }
    bounds.add(Map.of(to, 1.0));
    for (int edges = 1; edges <= length; edges++) {
      Map<String, Double> fewer = bounds.getLast();
      Map<String, Double> bound = new HashMap<>(fewer);
      for (Influence influence : influences) {
        Double rest = fewer.get(influence.targetId());
        if (rest != null && !influence.sourceId().equals(to)) { // a path ends there
          bound.merge(influence.sourceId(), Math.abs(influence.strength()) * rest, Math::max);
        }
      }
      bounds.add(bound);
    }
  }

  /// Paths.
  ///
  /// @param paths strongest first; of equally strong ones the shorter, then by their features
  /// @param complete whether these are the strongest; if not, the search was ended early
  record Found(List<StrongPath> paths, boolean complete) {}

  /// {@return the strongest paths from a feature}
  ///
  /// @param from where they begin; not where they end
  /// @param count most paths
  Found from(String from, int count) {
    var waiting = new PriorityQueue<>(Begun.STRONGEST);
    waiting.add(new Begun(null, null, from, 1, bound(from, length), 0));
    List<StrongPath> paths = new ArrayList<>();
    while (!waiting.isEmpty() && paths.size() < count) {
      Begun path = waiting.remove();
      if (path.end.equals(to)) {
        paths.add(path.finished());
      } else if (begun > MOST_BEGUN) {
        return new Found(paths, false);
      } else {
        extend(path, waiting);
      }
    }
    return new Found(paths, true);
  }

  private void extend(Begun path, PriorityQueue<Begun> waiting) {
    int left = length - path.edges - 1;
    if (left < 0) {
      return;
    }
    for (Influence influence : leaving.getOrDefault(path.end, List.of())) {
      double strength = path.strength * influence.strength();
      double most = Math.abs(strength) * bound(influence.targetId(), left);
      if (most > 0 && !path.meets(influence.targetId())) {
        begun++;
        waiting.add(
            new Begun(path, influence, influence.targetId(), strength, most, path.edges + 1));
      }
    }
  }

  private double bound(String feature, int edges) {
    return bounds.get(edges).getOrDefault(feature, 0.0);
  }

  /// A path that is begun.
  ///
  /// @param before the path without its last edge, or null at the start
  /// @param last its last edge, or null at the start
  /// @param end where it stands
  /// @param strength product of its edges
  /// @param most the most that its absolute strength can be at the end
  /// @param edges number of its edges
  private record Begun(
      @Nullable Begun before,
      @Nullable Influence last,
      String end,
      double strength,
      double most,
      int edges) {

    static final Comparator<Begun> STRONGEST =
        Comparator.comparingDouble((Begun path) -> -path.most)
            .thenComparingInt(Begun::edges)
            .thenComparing(Begun::features);

    boolean meets(String feature) {
      for (Begun path = this; path != null; path = path.before) {
        if (path.end.equals(feature)) {
          return true;
        }
      }
      return false;
    }

    private String features() {
      return before == null ? end : before.features() + '\n' + end;
    }

    StrongPath finished() {
      List<Influence> influences = new ArrayList<>();
      for (Begun path = this; path != null && path.last != null; path = path.before) {
        influences.addFirst(path.last);
      }
      return new StrongPath(strength, influences);
    }
  }
}
