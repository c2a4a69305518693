package ai.hartonomous.platform.backup;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.database.DatabaseKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A row of every table that the migrations make, whichever those are, goes into a backup and comes
/// back from it. A table that a backup forgets, or a column that it cannot carry, fails here.
class EveryTableIT {

  private static final JsonMapper JSON = JsonMapper.shared();

  /// The id of every row, to which every reference leads.
  private static final String ID = "\"01a20841-3337-7c74-82ea-13d53cacffab\"";

  /// Values of columns that the tables check against others.
  private static final Map<String, String> CHECKED =
      Map.ofEntries(
          Map.entry("target", "\"another\""),
          Map.entry("tax", "\"0\""),
          Map.entry("rating", "5"),
          Map.entry("commission", "\"0\""),
          Map.entry("owners", "\"0\""));

  @TempDir private Path folder;

  /// A database and its data folder.
  private record Place(DataSource source, DatabaseKind kind, Path data) {

    static Place of(DatabaseKind kind, Path data) throws IOException {
      Files.createDirectories(data);
      Map<String, String> settings =
          kind == DatabaseKind.H2 ? Map.of() : TestDatabase.postgresql(data);
      String url =
          settings.getOrDefault("spring.datasource.url", "jdbc:h2:async:%s/rows".formatted(data));
      String user = settings.getOrDefault("spring.datasource.username", "hartonomous");
      return new Place(new DriverManagerDataSource(url, user, ""), kind, data);
    }

    /// {@return the names of all tables, asked for otherwise than a backup does}
    Set<String> tables() {
      return new TreeSet<>(
          new JdbcTemplate(source)
              .queryForList(
                  "select lower(table_name) from information_schema.tables"
                      + " where lower(table_schema) = 'public' and table_type = 'BASE TABLE'"
                      + " and lower(table_name) <> 'flyway_schema_history'",
                  String.class));
    }
  }

  @ParameterizedTest(name = "{0} to {1}")
  @CsvSource({"H2, H2", "H2, POSTGRESQL", "POSTGRESQL, H2", "POSTGRESQL, POSTGRESQL"})
  void comesBackFromABackup(DatabaseKind from, DatabaseKind to) throws Exception {
    Place old = Place.of(from, folder.resolve("old"));
    Place restored = Place.of(to, folder.resolve("restored"));
    fill(old);

    Backup.Manifest written = backup(old, folder.resolve("backup"));
    new Restore(restored.source(), to, restored.data()).read(folder.resolve("backup"));

    assertThat(written.rows().keySet()).isEqualTo(old.tables());
    assertThat(old.tables()).contains("graph_influence", "audit_entry", "idempotency_key");
    assertThat(written.rows().values()).allMatch(rows -> rows > 0);
    Backup.Manifest again = backup(restored, folder.resolve("again"));
    assertThat(again.rows()).isEqualTo(written.rows());
    assertThat(restored.tables()).isEqualTo(old.tables());
    for (String table : old.tables()) {
      assertThat(rows("again", table)).as(table).isEqualTo(rows("backup", table));
    }
  }

  private static Backup.Manifest backup(Place place, Path target) throws IOException {
    return new Backup(place.source(), place.kind(), place.data(), InstantSource.system())
        .write(target, null);
  }

  /// Writes a row to each table that the migrations leave empty.
  private static void fill(Place place) throws IOException, SQLException {
    Flyway.configure()
        .dataSource(place.source())
        .locations("classpath:db/migration/" + place.kind().folder())
        .load()
        .migrate();
    var jdbc = new JdbcTemplate(place.source());
    try (Connection connection = place.source().getConnection()) {
      Schema schema = requireNonNull(Schema.read(connection));
      for (var table : schema.tables().entrySet()) {
        Long rows = jdbc.queryForObject("select count(*) from " + table.getKey(), Long.class);
        if (rows != null && rows == 0) {
          insert(connection, place.kind(), table.getKey(), table.getValue());
        }
      }
    }
  }

  private static void insert(
      Connection connection, DatabaseKind kind, String table, Map<String, ValueKind> columns)
      throws SQLException {
    String places =
        columns.values().stream().map(it -> it.place(kind)).collect(Collectors.joining(", "));
    String sql =
        "insert into %s (%s) values (%s)"
            .formatted(table, String.join(", ", columns.keySet()), places);
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      int place = 1;
      for (var column : columns.entrySet()) {
        String example = CHECKED.getOrDefault(column.getKey(), example(column.getValue()));
        column.getValue().bind(insert, place++, JSON.readTree(example), kind);
      }
      insert.executeUpdate();
    }
  }

  private static String example(ValueKind kind) {
    return switch (kind) {
      case TRUTH -> "true";
      case WHOLE -> "7";
      case REAL -> "0.1";
      case DECIMAL -> "\"0.100000000000\"";
      case BYTES -> "\"AQL+/w==\"";
      case TIME -> "\"2026-01-02T03:04:05.123456Z\"";
      case JSON -> "\"{\\\"a\\\": [1, 0.5, \\\"ż\\\", null]}\"";
      case ID -> ID;
      case TEXT -> "\"a \\\"ż\\\"\\n\"";
    };
  }

  /// {@return the rows of a table in a backup, by column, JSON documents as such}
  private Set<Map<String, JsonNode>> rows(String backup, String table) throws IOException {
    Path file = folder.resolve(backup).resolve("tables").resolve(table + ".jsonl.gz");
    Set<Map<String, JsonNode>> rows = new HashSet<>();
    try (var in = new GZIPInputStream(Files.newInputStream(file));
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<String> columns = new ArrayList<>();
      JSON.readTree(lines.readLine()).forEach(name -> columns.add(name.asString()));
      for (String line : lines.lines().toList()) {
        JsonNode values = JSON.readTree(line);
        Map<String, JsonNode> row = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
          row.put(columns.get(i), document(values.get(i)));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static JsonNode document(JsonNode value) {
    boolean document = value.isString() && value.asString().startsWith("{");
    return document ? JSON.readTree(value.asString()) : value;
  }
}
