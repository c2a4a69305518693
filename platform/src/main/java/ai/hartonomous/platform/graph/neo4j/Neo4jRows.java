package ai.hartonomous.platform.graph.neo4j;

import ai.hartonomous.platform.graph.Circuit;
import ai.hartonomous.platform.graph.Feature;
import ai.hartonomous.platform.graph.FeatureKind;
import ai.hartonomous.platform.graph.Influence;
import ai.hartonomous.platform.graph.Scope;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.neo4j.driver.Record;
import org.neo4j.driver.Value;

/// Parts of queries, and values made of their rows.
final class Neo4jRows {

  static final String CIRCUIT_OF_ID = "MATCH (c:Circuit {userId: $user, id: $id})";

  static final String CIRCUIT = " RETURN c, COUNT { (c)-[:CONTAINS]->(:Feature) } AS features";

  static final String INFLUENCE =
      """
      s.id AS source, t.id AS target, r.strength AS strength, r.confidence AS confidence, \
      r.method AS method, r.samples AS samples, r.seed AS seed, r.lastUpdated AS updated""";

  private Neo4jRows() {}

  /// {@return a condition: the node belongs to the scope}
  static String member(Scope scope, String node) {
    return scope.circuitId() == null
        ? "true"
        : "EXISTS { (%s)<-[:CONTAINS]-(:Circuit {userId: $user, id: $circuit}) }".formatted(node);
  }

  static String where(Scope scope, String node, String more) {
    return " WHERE %s AND %s".formatted(member(scope, node), more);
  }

  static Feature feature(Record row) {
    Value node = row.get("f");
    String model = text(node.get("modelId"));
    return new Feature(
        node.get("id").asString(),
        node.get("name").asString(),
        FeatureKind.valueOf(node.get("kind").asString()),
        number(node.get("activation")),
        number(node.get("sparsity")),
        text(node.get("interpretation")),
        new Feature.Place(
            model == null ? null : UUID.fromString(model),
            integer(node.get("layer")),
            text(node.get("coder")),
            integer(node.get("index"))),
        instant(node.get("lastUpdated")));
  }

  static Influence influence(Record row) {
    Value seed = row.get("seed");
    return new Influence(
        row.get("source").asString(),
        row.get("target").asString(),
        row.get("strength").asDouble(),
        new Influence.Evidence(
            number(row.get("confidence")),
            text(row.get("method")),
            integer(row.get("samples")),
            seed.isNull() ? null : seed.asLong()),
        instant(row.get("updated")));
  }

  static Circuit circuit(Record row) {
    Value node = row.get("c");
    return new Circuit(
        UUID.fromString(node.get("id").asString()),
        node.get("name").asString(),
        text(node.get("description")),
        new Circuit.Origin(
            uuid(node.get("modelId")), uuid(node.get("analysisId")), uuid(node.get("agentId"))),
        row.get("features").asLong(),
        instant(node.get("created")),
        instant(node.get("lastUpdated")));
  }

  private static @Nullable UUID uuid(Value value) {
    return value.isNull() ? null : UUID.fromString(value.asString());
  }

  private static @Nullable String text(Value value) {
    return value.isNull() ? null : value.asString();
  }

  private static @Nullable Double number(Value value) {
    return value.isNull() ? null : value.asDouble();
  }

  private static @Nullable Integer integer(Value value) {
    return value.isNull() ? null : value.asInt();
  }

  private static Instant instant(Value value) {
    return value.asZonedDateTime().toInstant();
  }
}
