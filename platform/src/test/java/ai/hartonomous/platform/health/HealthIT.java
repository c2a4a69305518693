package ai.hartonomous.platform.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.sql.Connection;
import java.sql.SQLException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.datasource.AbstractDataSource;

class HealthIT {

  private final TestServer server = TestServer.shared();

  @Test
  void looksAtEverythingThatItNeeds() throws Exception {
    Answer ready = server.send(server.request("/health/ready"));

    assertThat(ready.status()).as(ready.body()).isEqualTo(200);
    assertThat(ready.json().path("components").propertyNames())
        .contains("db", "vector", "graph", "diskSpace", "readinessState");
  }

  @Test
  void tellsStrangersNoDetails() throws Exception {
    Answer health = server.send(server.request("/health"));

    assertThat(health.status()).isEqualTo(200);
    assertThat(health.body()).contains("UP").doesNotContain("details", "database", "path");
  }

  @Test
  void livesWithoutADatabase() throws Exception {
    Answer live = server.send(server.request("/health/live"));

    assertThat(live.status()).isEqualTo(200);
    assertThat(live.json().path("components").propertyNames()).containsExactly("livenessState");
  }

  @Test
  void hasTheDatabaseComputeADistance() {
    Health health = server.bean(VectorHealth.class).health();

    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails())
        .extractingByKey("distance", InstanceOfAssertFactories.DOUBLE)
        .isCloseTo(0.04, within(1e-6));
  }

  @Test
  void isDownWithoutItsDatabase() {
    var health = new VectorHealth(new NoDatabase()).health();

    assertThat(health.getStatus()).isEqualTo(Status.DOWN);
  }

  /// Gives no connections.
  private static final class NoDatabase extends AbstractDataSource {

    @Override
    public Connection getConnection() throws SQLException {
      throw new SQLException("the cable is cut");
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return getConnection();
    }
  }
}
