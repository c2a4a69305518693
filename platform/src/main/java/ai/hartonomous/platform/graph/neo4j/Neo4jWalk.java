package ai.hartonomous.platform.graph.neo4j;

import ai.hartonomous.platform.graph.Direction;
import ai.hartonomous.platform.graph.Feature;
import ai.hartonomous.platform.graph.Influence;
import ai.hartonomous.platform.graph.Scope;
import ai.hartonomous.platform.graph.Wanted;
import ai.hartonomous.platform.graph.Ways.Edge;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.neo4j.driver.Record;
import org.neo4j.driver.TransactionContext;

/// Walks a part of the graph within one transaction, one question for each step: no feature is
/// visited twice, and a walk ends as soon as it has found too much. A pattern of variable length
/// would enumerate ways instead.
final class Neo4jWalk {

  private final TransactionContext tx;
  private final Scope scope;
  private final double minStrength;

  Neo4jWalk(TransactionContext tx, Scope scope, double minStrength) {
    this.tx = tx;
    this.scope = scope;
    this.minStrength = minStrength;
  }

  /// {@return features and their distance; more than `most` where there are more}
  Map<String, Integer> distances(String from, Direction direction, int depth, int most) {
    Map<String, Integer> found = new TreeMap<>();
    if (features(List.of(from)).isEmpty()) {
      return found;
    }
    found.put(from, 0);
    Set<String> border = Set.of(from);
    for (int distance = 1; distance <= depth && found.size() <= most; distance++) {
      Set<String> next = new TreeSet<>();
      for (String id : step(border, direction)) {
        if (found.putIfAbsent(id, distance) == null) {
          next.add(id);
        }
      }
      if (next.isEmpty()) {
        break;
      }
      border = next;
    }
    return found;
  }

  private List<String> step(Set<String> border, Direction direction) {
    String pattern =
        switch (direction) {
          case OUT -> "(f)-[r:INFLUENCES]->(n:Feature {userId: $user})";
          case IN -> "(f)<-[r:INFLUENCES]-(n:Feature {userId: $user})";
          case BOTH -> "(f)-[r:INFLUENCES]-(n:Feature {userId: $user})";
        };
    String query =
        "UNWIND $ids AS id MATCH (f:Feature {userId: $user, id: id}) MATCH "
            + pattern
            + Neo4jRows.where(scope, "n", "abs(r.strength) >= $minStrength")
            + " RETURN DISTINCT n.id AS id";
    List<String> found = new ArrayList<>();
    for (List<String> chunk : Neo4jGraph.chunks(border)) {
      found.addAll(tx.run(query, parameters(chunk)).list(row -> row.get("id").asString()));
    }
    return found;
  }

  /// {@return the edges of all ways of some steps from a feature, or to it; may end early with more
  /// than `most`}
  Set<Edge<String>> edges(String from, Direction direction, int steps, int most) {
    boolean out = direction == Direction.OUT;
    String query =
        "UNWIND $ids AS id MATCH (f:Feature {userId: $user, id: id}) MATCH "
            + (out
                ? "(f)-[r:INFLUENCES]->(n:Feature {userId: $user})"
                : "(f)<-[r:INFLUENCES]-(n:Feature {userId: $user})")
            + Neo4jRows.where(scope, "n", "abs(r.strength) >= $minStrength AND ")
            + Neo4jRows.member(scope, "f")
            + " RETURN f.id AS here, n.id AS ahead";
    Set<Edge<String>> found = new HashSet<>();
    Set<String> visited = new HashSet<>(Set.of(from));
    Set<String> border = Set.of(from);
    for (int step = 1; step <= steps && !border.isEmpty() && found.size() <= most; step++) {
      Set<String> reached = new TreeSet<>();
      for (List<String> chunk : Neo4jGraph.chunks(border)) {
        for (Record row : tx.run(query, parameters(chunk)).list()) {
          String here = row.get("here").asString();
          String ahead = row.get("ahead").asString();
          found.add(out ? new Edge<>(here, ahead) : new Edge<>(ahead, here));
          reached.add(ahead);
        }
      }
      reached.removeAll(visited);
      visited.addAll(reached);
      border = reached;
    }
    return found;
  }

  List<Feature> features(Collection<String> ids) {
    String query =
        "UNWIND $ids AS id MATCH (f:Feature {userId: $user, id: id})"
            + Neo4jRows.where(scope, "f", "true")
            + " RETURN f";
    List<Feature> found = new ArrayList<>();
    for (List<String> chunk : Neo4jGraph.chunks(ids)) {
      found.addAll(tx.run(query, parameters(chunk)).list(Neo4jRows::feature));
    }
    return found;
  }

  /// {@return those features that are wanted}
  Set<String> wanted(Collection<String> ids, Wanted wanted) {
    String query =
        """
        UNWIND $ids AS id MATCH (f:Feature {userId: $user, id: id})
        WHERE (size($models) = 0 OR f.modelId IN $models)
          AND (size($kinds) = 0 OR f.kind IN $kinds)
          AND ($firstLayer IS NULL OR f.layer >= $firstLayer)
          AND ($lastLayer IS NULL OR f.layer <= $lastLayer) RETURN id""";
    Set<String> found = new TreeSet<>();
    for (List<String> chunk : Neo4jGraph.chunks(ids)) {
      Map<String, Object> parameters = parameters(chunk);
      parameters.put("models", wanted.models().stream().map(UUID::toString).toList());
      parameters.put("kinds", wanted.kinds().stream().map(Enum::name).toList());
      parameters.put("firstLayer", wanted.firstLayer());
      parameters.put("lastLayer", wanted.lastLayer());
      found.addAll(tx.run(query, parameters).list(row -> row.get("id").asString()));
    }
    return found;
  }

  /// {@return edges between features, by their keys; may end early with more than `most`}
  List<Influence> among(Set<String> ids, int most) {
    String query =
        """
        UNWIND $ids AS id MATCH (s:Feature {userId: $user, id: id})
        MATCH (s)-[r:INFLUENCES]->(t:Feature {userId: $user})
        WHERE abs(r.strength) >= $minStrength RETURN\s"""
            + Neo4jRows.INFLUENCE;
    List<Influence> found = new ArrayList<>();
    for (List<String> chunk : Neo4jGraph.chunks(ids)) {
      for (Influence influence : tx.run(query, parameters(chunk)).list(Neo4jRows::influence)) {
        if (ids.contains(influence.targetId())) {
          found.add(influence);
        }
      }
      if (found.size() > most) {
        break;
      }
    }
    found.sort(Comparator.comparing(Influence::key));
    return found;
  }

  private Map<String, Object> parameters(List<String> ids) {
    Map<String, Object> parameters = Neo4jGraph.parameters(scope);
    parameters.put("ids", ids);
    parameters.put("minStrength", minStrength);
    return parameters;
  }
}
