package ai.hartonomous.platform.graph.neo4j;

import java.util.List;
import org.neo4j.driver.Driver;
import org.neo4j.driver.Record;
import org.neo4j.driver.Session;
import org.neo4j.driver.SessionConfig;

/// Constraints and indexes, made where they are missing. A constraint brings its index.
final class Neo4jSchema {

  private static final List<String> STATEMENTS =
      List.of(
          """
          CREATE CONSTRAINT feature_identity IF NOT EXISTS
          FOR (f:Feature) REQUIRE (f.userId, f.id) IS UNIQUE""",
          """
          CREATE CONSTRAINT circuit_identity IF NOT EXISTS
          FOR (c:Circuit) REQUIRE (c.userId, c.id) IS UNIQUE""",
          """
          CREATE CONSTRAINT circuit_name IF NOT EXISTS
          FOR (c:Circuit) REQUIRE (c.userId, c.name) IS UNIQUE""",
          """
          CREATE CONSTRAINT agent_identity IF NOT EXISTS
          FOR (a:Agent) REQUIRE (a.userId, a.id) IS UNIQUE""",
          """
          CREATE INDEX feature_model IF NOT EXISTS
          FOR (f:Feature) ON (f.userId, f.modelId)""",
          "CALL db.awaitIndexes(60)");

  private Neo4jSchema() {}

  /// {@return name and version of the server, after the schema is there}
  static String prepare(Driver driver, SessionConfig config) {
    try (Session session = driver.session(config)) {
      for (String statement : STATEMENTS) {
        session.run(statement).consume();
      }
      String components =
          "CALL dbms.components() YIELD name, versions WHERE name STARTS WITH 'Neo4j'"
              + " RETURN versions[0] AS version";
      Record server = session.run(components).list().getFirst();
      return "Neo4j " + server.get("version").asString();
    }
  }
}
