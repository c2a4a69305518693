package ai.hartonomous.platform.health;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/// Has the database compute a cosine distance: up if it is right. SQL Server is asked by its own
/// function, the others by arithmetic that they share.
@Component("vector")
class VectorHealth extends AbstractHealthIndicator {

  /// Of (3, 4) and (4, 3): 1 - 24 / 25.
  private static final double DISTANCE = 0.04;

  private static final String SQL_SERVER =
      "select vector_distance('cosine', cast('[3,4]' as vector(2)), cast('[4,3]' as vector(2)))";

  private static final String OTHERS =
      """
      select 1 - sum(a * b) / (sqrt(sum(a * a)) * sqrt(sum(b * b)))
      from (values (cast(3 as double precision), cast(4 as double precision)), (4, 3)) as v(a, b)
      """;

  private static final int MOST_SECONDS = 2;

  private final DataSource database;

  VectorHealth(DataSource database) {
    super("The database did not compute a vector distance");
    this.database = database;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) throws SQLException {
    try (Connection connection = database.getConnection()) {
      String product = connection.getMetaData().getDatabaseProductName();
      String sql = product.startsWith("Microsoft") ? SQL_SERVER : OTHERS;
      try (PreparedStatement query = connection.prepareStatement(sql)) {
        query.setQueryTimeout(MOST_SECONDS);
        double distance = first(query);
        builder.status(Math.abs(distance - DISTANCE) < 1e-6 ? "UP" : "DOWN");
        builder.withDetail("database", product).withDetail("distance", distance);
      }
    }
  }

  private static double first(PreparedStatement query) throws SQLException {
    try (ResultSet result = query.executeQuery()) {
      result.next();
      return result.getDouble(1);
    }
  }
}
