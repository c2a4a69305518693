package ai.hartonomous.platform.graph.relational;

import ai.hartonomous.platform.graph.Direction;
import ai.hartonomous.platform.graph.Scope;
import ai.hartonomous.platform.graph.TooLargeException;
import ai.hartonomous.platform.graph.Ways.Edge;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.jdbc.core.JdbcTemplate;

/// Walks the tables a step at a time, with one question for every 500 features that the step before
/// has reached. No feature is visited twice, every question is answered from an index, and a walk
/// ends as soon as it has found too much or taken too long. A recursive query has none of that: it
/// visits a feature once for every distance, and H2 reads the whole table to follow edges both
/// ways.
final class StepwiseWalk {

  private final JdbcTemplate jdbc;
  private final Scope scope;
  private final double minStrength;
  private final Duration most;
  private final long start = System.nanoTime();

  /// Prepares a walk, whose time runs from now on.
  ///
  /// @param jdbc the database
  /// @param scope edges and features that count
  /// @param minStrength edges of less absolute strength are not followed
  /// @param most the longest that the walk may take
  StepwiseWalk(JdbcTemplate jdbc, Scope scope, double minStrength, Duration most) {
    this.jdbc = jdbc;
    this.scope = scope;
    this.minStrength = minStrength;
    this.most = most;
  }

  /// {@return rows of features and their distance, nearest first, then by id; more than `enough`
  /// where there are more}
  Map<UUID, Integer> distances(UUID from, Direction direction, int depth, int enough) {
    Map<UUID, Integer> found = new LinkedHashMap<>(Map.of(from, 0));
    Set<UUID> border = Set.of(from);
    for (int step = 1; step <= depth && found.size() <= enough && !border.isEmpty(); step++) {
      Set<UUID> reached = new TreeSet<>();
      if (direction != Direction.IN) {
        step(border, Direction.OUT, edge -> reached.add(edge.target()));
      }
      if (direction != Direction.OUT) {
        step(border, Direction.IN, edge -> reached.add(edge.source()));
      }
      reached.removeAll(found.keySet());
      for (UUID row : reached) {
        found.put(row, step);
      }
      border = reached;
    }
    return found;
  }

  /// {@return the edges of all ways of some steps from a feature, or to it}
  ///
  /// @throws TooLargeException if there are more than `enough`
  Set<Edge<UUID>> edges(UUID from, Direction direction, int steps, int enough) {
    Set<Edge<UUID>> found = new HashSet<>();
    Set<UUID> visited = new HashSet<>(Set.of(from));
    Set<UUID> border = Set.of(from);
    for (int step = 1; step <= steps && !border.isEmpty(); step++) {
      Set<UUID> reached = new TreeSet<>();
      step(
          border,
          direction,
          edge -> {
            found.add(edge);
            reached.add(direction == Direction.OUT ? edge.target() : edge.source());
          });
      if (found.size() > enough) {
        throw new TooLargeException(
            "More than %,d influences would have to be read.".formatted(enough));
      }
      reached.removeAll(visited);
      visited.addAll(reached);
      border = reached;
    }
    return found;
  }

  private void step(Collection<UUID> border, Direction direction, Consumer<Edge<UUID>> edges) {
    for (List<UUID> chunk : RelationalGraph.chunks(border)) {
      if (System.nanoTime() - start > most.toNanos()) {
        throw new TooLargeException("The walk took longer than %d s.".formatted(most.toSeconds()));
      }
      var sql = new Statement("select i.source_id, i.target_id from graph_influence i");
      sql.add(" where i.user_id = ? and abs(i.strength) >= ?", scope.user(), minStrength);
      sql.addMembers("i.source_id", scope);
      sql.addMembers("i.target_id", scope);
      sql.addIn(direction == Direction.OUT ? "i.source_id" : "i.target_id", chunk);
      jdbc.query(
          sql.text(),
          row -> {
            edges.accept(new Edge<>(Rows.id(row, "source_id"), Rows.id(row, "target_id")));
          },
          sql.parameters());
    }
  }
}
