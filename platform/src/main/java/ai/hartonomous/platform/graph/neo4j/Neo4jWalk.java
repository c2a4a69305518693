package ai.hartonomous.platform.graph.neo4j;

import ai.hartonomous.platform.graph.Direction;
import ai.hartonomous.platform.graph.Feature;
import ai.hartonomous.platform.graph.Influence;
import ai.hartonomous.platform.graph.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
