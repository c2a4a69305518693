package ai.hartonomous.platform.graph.neo4j;

import ai.hartonomous.platform.graph.CircuitDraft;
import ai.hartonomous.platform.graph.Feature;
import ai.hartonomous.platform.graph.Influence;
import ai.hartonomous.platform.tenant.Columns;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.neo4j.driver.TransactionContext;

/// Stores drafts within one transaction, in batches. An edge is merged by its ends alone: its
/// figures are set afterwards, so a new strength changes the edge instead of adding one. Rows come
/// in the order of their ids, so that two writers wait for each other instead of blocking each
/// other.
final class Neo4jWrites {

  private static final int BATCH = 2_000;

  private static final String CIRCUIT =
      """
      MERGE (c:Circuit {userId: $user, name: $name})
      ON CREATE SET c.id = $id, c.created = $now
      SET c.description = coalesce($description, c.description),
        c.modelId = coalesce($modelId, c.modelId),
        c.analysisId = coalesce($analysisId, c.analysisId),
        c.agentId = coalesce($agentId, c.agentId), c.lastUpdated = $now
      RETURN c.id AS id""";

  private static final String FEATURES =
      """
      UNWIND $rows AS row
      MERGE (f:Feature {userId: $user, id: row.id})
      ON CREATE SET f.created = $now
      SET f.name = row.name, f.kind = row.kind,
        f.activation = coalesce(row.activation, f.activation),
        f.sparsity = coalesce(row.sparsity, f.sparsity),
        f.interpretation = coalesce(row.interpretation, f.interpretation),
        f.modelId = coalesce(row.modelId, f.modelId), f.layer = coalesce(row.layer, f.layer),
        f.coder = coalesce(row.coder, f.coder), f.index = coalesce(row.index, f.index),
        f.lastUpdated = $now""";

  private static final String INFLUENCES =
      """
      UNWIND $rows AS row
      MATCH (s:Feature {userId: $user, id: row.source})
      MATCH (t:Feature {userId: $user, id: row.target})
      MERGE (s)-[r:INFLUENCES]->(t)
      SET r.strength = row.strength, r.confidence = row.confidence, r.method = row.method,
        r.samples = row.samples, r.seed = row.seed, r.lastUpdated = $now""";

  private static final String MEMBERS =
      """
      MATCH (c:Circuit {userId: $user, id: $circuit})
      UNWIND $rows AS id
      MATCH (f:Feature {userId: $user, id: id})
      MERGE (c)-[:CONTAINS]->(f)""";

  private static final String RETAINED =
      """
      MERGE (a:Agent {userId: $user, id: $agent})
      WITH a UNWIND $rows AS id
      MATCH (f:Feature {userId: $user, id: id})
      MERGE (a)-[:RETAINS]->(f)""";

  private final TransactionContext tx;
  private final String user;
  private final Object now;

  Neo4jWrites(TransactionContext tx, String user, Instant now) {
    this.tx = tx;
    this.user = user;
    this.now = now.atZone(ZoneOffset.UTC);
  }

  /// {@return id of the stored circuit}
  String store(CircuitDraft draft) {
    String circuit = circuit(draft);
    List<Map<String, Object>> features =
        draft.features().stream()
            .sorted(Comparator.comparing(Feature::id))
            .map(Neo4jWrites::row)
            .toList();
    batches(FEATURES, features, new HashMap<>());
    List<Map<String, Object>> influences =
        draft.influences().stream()
            .sorted(Comparator.comparing(Influence::key))
            .map(Neo4jWrites::row)
            .toList();
    batches(INFLUENCES, influences, new HashMap<>());
    List<String> members = List.copyOf(draft.members());
    batches(MEMBERS, members, new HashMap<>(Map.of("circuit", circuit)));
    UUID agent = draft.origin().agentId();
    if (agent != null) {
      batches(RETAINED, members, new HashMap<>(Map.of("agent", agent.toString())));
    }
    return circuit;
  }

  private String circuit(CircuitDraft draft) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("user", user);
    parameters.put("now", now);
    parameters.put("id", Columns.id().toString());
    parameters.put("name", draft.name());
    parameters.put("description", draft.description());
    parameters.put("modelId", text(draft.origin().modelId()));
    parameters.put("analysisId", text(draft.origin().analysisId()));
    parameters.put("agentId", text(draft.origin().agentId()));
    return tx.run(CIRCUIT, parameters).single().get("id").asString();
  }

  private static Map<String, Object> row(Feature feature) {
    Map<String, Object> row = new HashMap<>();
    row.put("id", feature.id());
    row.put("name", feature.name());
    row.put("kind", feature.kind().name());
    row.put("activation", feature.activation());
    row.put("sparsity", feature.sparsity());
    row.put("interpretation", feature.interpretation());
    row.put("modelId", text(feature.place().modelId()));
    row.put("layer", feature.place().layer());
    row.put("coder", feature.place().coder());
    row.put("index", feature.place().index());
    return row;
  }

  private static Map<String, Object> row(Influence influence) {
    Map<String, Object> row = new HashMap<>();
    row.put("source", influence.sourceId());
    row.put("target", influence.targetId());
    row.put("strength", influence.strength());
    row.put("confidence", influence.evidence().confidence());
    row.put("method", influence.evidence().method());
    row.put("samples", influence.evidence().samples());
    row.put("seed", influence.evidence().seed());
    return row;
  }

  private static @Nullable String text(@Nullable UUID id) {
    return id == null ? null : id.toString();
  }

  private void batches(String query, List<?> rows, Map<String, Object> parameters) {
    parameters.put("user", user);
    parameters.put("now", now);
    for (int from = 0; from < rows.size(); from += BATCH) {
      parameters.put(
          "rows", new ArrayList<>(rows.subList(from, Math.min(rows.size(), from + BATCH))));
      tx.run(query, parameters).consume();
    }
  }

  /// Removes a circuit, and what only it has.
  ///
  /// @return whether there was one
  static boolean remove(TransactionContext tx, String user, UUID id) {
    Map<String, Object> parameters = Map.of("user", user, "id", id.toString());
    tx.run(
            """
            MATCH (c:Circuit {userId: $user, id: $id})-[:CONTAINS]->(f:Feature {userId: $user})
            WHERE COUNT { (f)<-[:CONTAINS]-(:Circuit) } = 1
            DETACH DELETE f""",
            parameters)
        .consume();
    tx.run(
            """
            MATCH (c:Circuit {userId: $user, id: $id}) WHERE c.agentId IS NOT NULL
            MATCH (a:Agent {userId: $user, id: c.agentId}) DETACH DELETE a""",
            parameters)
        .consume();
    return tx.run("MATCH (c:Circuit {userId: $user, id: $id}) DETACH DELETE c", parameters)
            .consume()
            .counters()
            .nodesDeleted()
        > 0;
  }
}
