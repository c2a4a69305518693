package ai.hartonomous.platform.backup;

import ai.hartonomous.platform.backup.Backup.Content;
import ai.hartonomous.platform.backup.Backup.Manifest;
import ai.hartonomous.platform.database.DatabaseKind;
import ai.hartonomous.platform.store.StoreLayout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Brings a backup into an empty database and an empty data folder. The database may be of another
/// kind than the one that the backup came from.
public final class Restore {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int BATCH = 1_000;

  private final DataSource database;
  private final DatabaseKind kind;
  private final Path data;

  /// A restorer.
  ///
  /// @param database receives the rows; no migration may have run there
  /// @param kind what database it is
  /// @param data the data folder; it may have no stored files
  public Restore(DataSource database, DatabaseKind kind, Path data) {
    this.database = database;
    this.kind = kind;
    this.data = data;
  }

  /// Brings a backup in. The schema is that of the backup; the next start of a server brings it to
  /// its own.
  ///
  /// @param backup the folder of the backup
  /// @return what the backup has
  /// @throws IOException if it is not a complete backup, the target is not empty, a content is
  ///   damaged, or disk or database refuse
  public Manifest read(Path backup) throws IOException {
    if (!Files.isRegularFile(backup.resolve(Backup.MANIFEST))) {
      throw new IOException(
          "%s has no %s: not a complete backup".formatted(backup, Backup.MANIFEST));
    }
    Manifest manifest =
        JSON.readValue(Files.readString(backup.resolve(Backup.MANIFEST)), Manifest.class);
    if (manifest.format() != Backup.FORMAT) {
      throw new IOException("this version cannot read format " + manifest.format());
    }
    StoreLayout store = StoreLayout.in(data);
    store.create();
    Backup.requireEmpty(store.blobs());
    Backup.requireEmpty(store.kept());
    StoreLayout copies = StoreLayout.in(backup);
    for (Content content : Backup.contents(backup)) {
      Path blob = store.blob(content.sha256());
      Files.createDirectories(blob.getParent());
      CheckedCopy.of(copies.blob(content.sha256()), blob, content.sha256());
    }
    try {
      rows(backup, manifest);
      folders(store);
    } catch (SQLException e) {
      throw new IOException("the database cannot be filled: " + e.getMessage(), e);
    }
    keys(backup);
    return manifest;
  }

  private void rows(Path backup, Manifest manifest) throws IOException, SQLException {
    try (Connection connection = database.getConnection()) {
      if (Schema.read(connection) != null) {
        throw new IOException("the database is not empty");
      }
    }
    Flyway.configure()
        .dataSource(database)
        .locations("classpath:db/migration/" + kind.folder())
        .target(manifest.schema())
        .load()
        .migrate();
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      Schema schema = Schema.read(connection);
      if (schema == null) {
        throw new IOException("the migrations made no tables");
      }
      clear(connection, schema);
      for (var table : schema.tables().entrySet()) {
        Path file = backup.resolve("tables").resolve(table.getKey() + ".jsonl.gz");
        long rows = table(connection, table.getKey(), table.getValue(), file);
        if (rows != manifest.rows().getOrDefault(table.getKey(), -1L)) {
          throw new IOException("%s has %d rows, not as many as listed".formatted(file, rows));
        }
      }
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  /// Takes away the rows that migrations made: the backup has them too.
  private static void clear(Connection connection, Schema schema) throws SQLException {
    var last = new ArrayList<>(schema.tables().keySet());
    try (Statement statement = connection.createStatement()) {
      for (String table : last.reversed()) {
        statement.executeUpdate("delete from " + table);
      }
    }
  }

  private long table(Connection connection, String table, Map<String, ValueKind> known, Path file)
      throws IOException, SQLException {
    long rows = 0;
    try (var in = new GZIPInputStream(Files.newInputStream(file), 1 << 16);
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<String> columns = new ArrayList<>();
      JSON.readTree(lines.readLine()).forEach(name -> columns.add(name.asString()));
      if (!known.keySet().containsAll(columns)) {
        throw new IOException("%s has columns %s, the table %s".formatted(file, columns, known));
      }
      List<ValueKind> kinds = columns.stream().map(known::get).toList();
      String places = kinds.stream().map(it -> it.place(kind)).collect(Collectors.joining(", "));
      String sql =
          "insert into %s (%s) values (%s)".formatted(table, String.join(", ", columns), places);
      try (PreparedStatement insert = connection.prepareStatement(sql)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          JsonNode values = JSON.readTree(line);
          for (int i = 0; i < kinds.size(); i++) {
            kinds.get(i).bind(insert, i + 1, values.get(i), kind);
          }
          insert.addBatch();
          if (++rows % BATCH == 0) {
            insert.executeBatch();
          }
        }
        insert.executeBatch();
      }
    }
    return rows;
  }

  /// Gives every kept file its name again.
  private void folders(StoreLayout store) throws IOException, SQLException {
    String sql = "select folder_id, path, sha256 from stored_file where deleted = ?";
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setBoolean(1, false);
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          Path file = store.folder(UUID.fromString(found.getString(1))).resolve(found.getString(2));
          Files.createDirectories(file.getParent());
          Files.createLink(file, store.blob(found.getString(3)));
        }
      }
    }
  }

  private void keys(Path backup) throws IOException {
    Path keys = backup.resolve("keys");
    if (!Files.isDirectory(keys)) {
      return;
    }
    try (Stream<Path> found = Files.walk(keys)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        Path copy = data.resolve("keys").resolve(keys.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(
            file, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
