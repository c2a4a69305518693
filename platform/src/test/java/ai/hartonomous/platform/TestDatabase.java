package ai.hartonomous.platform;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The database that the tests run on.
@SuppressWarnings("doclint:missing") // parameters of a test fixture
public final class TestDatabase {

  private static final Map<Path, String> NAMES = new ConcurrentHashMap<>();

  private TestDatabase() {}

  /// {@return settings of a server on the database that belongs to a data folder, of the kind that
  /// the tests run on}
  public static Map<String, String> settings(Path data) throws IOException {
    return switch (System.getProperty("test.database", "h2")) {
      case "h2" -> Map.of();
      case "postgresql" -> postgresql(data);
      case "sqlserver" -> sqlServer(data);
      case String other -> throw new IllegalArgumentException("no test.database " + other);
    };
  }

  /// {@return settings of a server on the database of a real PostgreSQL that belongs to a data
  /// folder}
  public static synchronized Map<String, String> postgresql(Path data) throws IOException {
    String name = "test" + (NAMES.size() + 1);
    String earlier = NAMES.putIfAbsent(data, name);
    if (earlier == null) {
      create(name);
    }
    return Map.of(
        "spring.datasource.url",
        Running.POSTGRES.getJdbcUrl("postgres", earlier == null ? name : earlier),
        "spring.datasource.username",
        "postgres");
  }

  /// {@return settings of a server on a database of its own in the SQL Server that the system
  /// properties `test.sqlserver.url`, `.user` and `.password` name}
  public static synchronized Map<String, String> sqlServer(Path data) throws IOException {
    String url = System.getProperty("test.sqlserver.url", "");
    String user = System.getProperty("test.sqlserver.user", "sa");
    String password = System.getProperty("test.sqlserver.password", "");
    String name = "hartonomous_test_" + System.nanoTime();
    String earlier = NAMES.putIfAbsent(data, name);
    if (earlier == null) {
      try (Connection connection = DriverManager.getConnection(url, user, password)) {
        create(connection, name);
      } catch (SQLException e) {
        throw new IOException(e);
      }
    }
    return Map.of(
        "spring.datasource.url",
        url + ";databaseName=" + (earlier == null ? name : earlier),
        "spring.datasource.username",
        user,
        "spring.datasource.password",
        password);
  }

  private static void create(String name) throws IOException {
    try (Connection connection = Running.POSTGRES.getPostgresDatabase().getConnection()) {
      create(connection, name);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private static void create(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
  }

  /// Started when it is first needed, stopped with the process.
  private static final class Running {
    private static final EmbeddedPostgres POSTGRES = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().setServerConfig("max_connections", "300").start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
