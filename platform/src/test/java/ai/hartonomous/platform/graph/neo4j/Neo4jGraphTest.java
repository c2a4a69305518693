package ai.hartonomous.platform.graph.neo4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.graph.GraphContract;
import ai.hartonomous.platform.graph.GraphStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.Session;

class Neo4jGraphTest extends GraphContract {

  private static final GraphStore STORE = Neo4jGraph.open(TestNeo4j.settings());

  @Override
  protected GraphStore store() {
    return STORE;
  }

  @Test
  void makesConstraintsAndIndexes() {
    assertThat(STORE.name()).startsWith("Neo4j 5.");
    try (Driver driver = GraphDatabase.driver(TestNeo4j.uri(), AuthTokens.none());
        Session session = driver.session()) {
      List<String> names =
          session.run("SHOW INDEXES YIELD name").list(row -> row.get("name").asString());

      assertThat(names)
          .contains(
              "feature_identity",
              "circuit_identity",
              "circuit_name",
              "agent_identity",
              "feature_model");
    }
  }

  @Test
  void saysThatTheServerDoesNotAnswer() {
    Settings.Graph gone =
        new Settings.Graph(
            "bolt://localhost:1", "neo4j", "secret", "", 1, Duration.ofSeconds(1), Duration.ZERO);

    assertThatThrownBy(() -> Neo4jGraph.open(gone)).hasMessageNotContaining("secret");
    assertThat(gone.toString()).doesNotContain("secret");
  }
}
