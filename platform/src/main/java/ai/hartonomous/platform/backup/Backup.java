package ai.hartonomous.platform.backup;

import ai.hartonomous.platform.database.DatabaseKind;
import ai.hartonomous.platform.store.StoreLayout;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// Writes a backup: all rows as they are at one moment, and every file that those rows name. The
/// server may work meanwhile.
///
/// A backup is a folder:
/// - `backup.json`: a {@link Manifest}, written last
/// - `tables/<table>.jsonl.gz`: first line the names of the columns, then a list for each row
/// - `files.txt`: hash and length of each content
/// - `blobs/<first two digits>/<SHA-256>`: the contents
/// - `keys/`: the signing keys. Whoever reads a backup can sign tokens
public final class Backup {

  static final String MANIFEST = "backup.json";
  static final String FILES = "files.txt";
  static final int FORMAT = 1;

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int FETCH = 1_000;
  private static final int H2_SNAPSHOT = 6;
  private static final int SQLSERVER_SNAPSHOT = 0x1000;
  private static final int ATTEMPTS = 3;

  private final DataSource database;
  private final DatabaseKind kind;
  private final Path data;
  private final InstantSource clock;

  /// A maker of backups.
  ///
  /// @param database has the rows
  /// @param kind what database it is
  /// @param data the data folder
  /// @param clock says when a backup was made
  public Backup(DataSource database, DatabaseKind kind, Path data, InstantSource clock) {
    this.database = database;
    this.kind = kind;
    this.data = data;
    this.clock = clock;
  }

  /// What a backup has.
  ///
  /// @param format version of the layout: 1
  /// @param created when it was begun, ISO 8601
  /// @param database kind of database that it was taken from
  /// @param schema last migration of that database
  /// @param rows number of rows by table
  /// @param files number of contents
  /// @param bytes of all contents
  public record Manifest(
      int format,
      String created,
      String database,
      String schema,
      Map<String, Long> rows,
      long files,
      long bytes) {}

  /// Writes a backup.
  ///
  /// @param target a folder that does not exist or is empty
  /// @param previous an earlier backup; contents that it has are linked instead of copied. Null to
  ///   copy all
  /// @return what the backup has
  /// @throws IOException if the target is in use, a stored content is damaged or missing, or disk
  ///   or database refuse; there is then no `backup.json`
  public Manifest write(Path target, @Nullable Path previous) throws IOException {
    requireEmpty(target);
    StoreLayout store = StoreLayout.in(data);
    StoreLayout copies = StoreLayout.in(target);
    for (int attempt = 1; ; attempt++) {
      String created = clock.instant().toString();
      Rows rows = rows(target);
      try {
        long bytes = 0;
        for (Content content : contents(target)) {
          copy(store, copies, content, previous);
          bytes += content.size();
        }
        var manifest =
            new Manifest(
                FORMAT,
                created,
                kind.folder(),
                rows.schema(),
                rows.counts(),
                contents(target).size(),
                bytes);
        keys(target);
        Files.writeString(
            target.resolve(MANIFEST),
            JSON.writerWithDefaultPrettyPrinter().writeValueAsString(manifest));
        return manifest;
      } catch (NoSuchFileException e) {
        if (attempt == ATTEMPTS) { // not removed meanwhile: the next rows still name it
          throw new IOException("a stored content is missing: " + e.getFile(), e);
        }
      }
    }
  }

  static void requireEmpty(Path target) throws IOException {
    Files.createDirectories(target);
    try (Stream<Path> found = Files.list(target)) {
      if (found.findAny().isPresent()) {
        throw new IOException(target + " is not empty");
      }
    }
  }

  private record Rows(String schema, Map<String, Long> counts) {}

  /// Writes tables and list of contents, both from one snapshot.
  private Rows rows(Path target) throws IOException {
    try (Connection connection = database.getConnection()) {
      int isolation = connection.getTransactionIsolation();
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(
          switch (kind) {
            case H2 -> H2_SNAPSHOT;
            case POSTGRESQL -> Connection.TRANSACTION_REPEATABLE_READ;
            case SQLSERVER -> SQLSERVER_SNAPSHOT;
          });
      try {
        Schema schema = Schema.read(connection);
        if (schema == null) {
          throw new IOException("the database is empty");
        }
        var counts = new TreeMap<String, Long>();
        Path tables = Files.createDirectories(target.resolve("tables"));
        for (var table : schema.tables().entrySet()) {
          counts.put(table.getKey(), table(connection, table.getKey(), table.getValue(), tables));
        }
        list(connection, target.resolve(FILES));
        return new Rows(schema.version(), counts);
      } finally {
        connection.rollback();
        connection.setTransactionIsolation(isolation);
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new IOException("the database cannot be read: " + e.getMessage(), e);
    }
  }

  private static long table(
      Connection connection, String table, Map<String, ValueKind> columns, Path tables)
      throws IOException, SQLException {
    String sql = "select %s from %s".formatted(String.join(", ", columns.keySet()), table);
    List<ValueKind> kinds = List.copyOf(columns.values());
    long rows = 0;
    try (OutputStream file = Files.newOutputStream(tables.resolve(table + ".jsonl.gz"));
        OutputStream out = new GZIPOutputStream(file, 1 << 16);
        JsonGenerator json = JSON.createGenerator(out);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(FETCH);
      json.writeStartArray();
      columns.keySet().forEach(json::writeString);
      json.writeEndArray();
      try (ResultSet found = statement.executeQuery()) {
        for (; found.next(); rows++) {
          json.writeRaw('\n');
          json.writeStartArray();
          for (int i = 0; i < kinds.size(); i++) {
            kinds.get(i).write(found, i + 1, json);
          }
          json.writeEndArray();
        }
      }
    }
    return rows;
  }

  private static void list(Connection connection, Path list) throws IOException, SQLException {
    String sql =
        "select distinct sha256, size_bytes from stored_file where deleted = ? order by sha256";
    try (BufferedWriter out = Files.newBufferedWriter(list);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(FETCH);
      statement.setBoolean(1, false);
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          out.write("%s %d%n".formatted(found.getString(1), found.getLong(2)));
        }
      }
    }
  }

  /// A content of a backup.
  record Content(String sha256, long size) {}

  static List<Content> contents(Path backup) throws IOException {
    var contents = new ArrayList<Content>();
    for (String line : Files.readAllLines(backup.resolve(FILES))) {
      String[] parts = line.split(" ");
      contents.add(new Content(parts[0], Long.parseLong(parts[1])));
    }
    return contents;
  }

  private static void copy(
      StoreLayout store, StoreLayout copies, Content content, @Nullable Path previous)
      throws IOException {
    Path copy = copies.blob(content.sha256());
    if (Files.exists(copy)) {
      return; // from an earlier attempt
    }
    Files.createDirectories(copy.getParent());
    Path earlier = previous == null ? null : StoreLayout.in(previous).blob(content.sha256());
    if (earlier != null && Files.exists(earlier) && Files.size(earlier) == content.size()) {
      Files.createLink(copy, earlier);
    } else {
      CheckedCopy.of(store.blob(content.sha256()), copy, content.sha256());
    }
  }

  private void keys(Path target) throws IOException {
    Path keys = data.resolve("keys");
    if (!Files.isDirectory(keys)) {
      return;
    }
    try (Stream<Path> found = Files.walk(keys, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve("keys").resolve(keys.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
