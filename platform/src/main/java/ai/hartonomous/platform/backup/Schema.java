package ai.hartonomous.platform.backup;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The tables of a database, those that others refer to first.
///
/// @param version the last migration
/// @param tables columns and their kinds by table, names in small letters
record Schema(String version, Map<String, Map<String, ValueKind>> tables) {

  private static final String HISTORY = "flyway_schema_history";

  /// {@return the schema of a database, or null if no migration ran there}
  ///
  /// @param connection a connection to it
  static @Nullable Schema read(Connection connection) throws SQLException {
    var names = new TreeMap<String, String>(); // in small letters, and as the database has them
    DatabaseMetaData meta = connection.getMetaData();
    String schema = connection.getSchema();
    try (ResultSet found =
        meta.getTables(
            connection.getCatalog(), schema, "%", new String[] {"TABLE", "BASE TABLE"})) {
      while (found.next()) {
        String name = found.getString("TABLE_NAME");
        names.put(name.toLowerCase(Locale.ROOT), name);
      }
    }
    if (names.remove(HISTORY) == null) {
      return null;
    }
    var tables = new LinkedHashMap<String, Map<String, ValueKind>>();
    for (String table : inOrder(connection, names)) {
      tables.put(table, columns(connection, names.getOrDefault(table, table)));
    }
    return new Schema(version(connection), tables);
  }

  private static String version(Connection connection) throws SQLException {
    // Flyway makes its table with quoted names in small letters.
    String sql =
        "select \"version\" from \""
            + HISTORY
            + "\" where \"version\" is not null"
            + " order by \"installed_rank\" desc";
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      if (!found.next()) {
        throw new SQLException("the database has no schema version");
      }
      return found.getString(1);
    }
  }

  /// {@return names of tables, each after those that it refers to}
  private static List<String> inOrder(Connection connection, Map<String, String> names)
      throws SQLException {
    var waiting = new TreeMap<String, Set<String>>();
    for (var name : names.entrySet()) {
      var needs = new TreeSet<String>();
      try (ResultSet keys =
          connection
              .getMetaData()
              .getImportedKeys(connection.getCatalog(), connection.getSchema(), name.getValue())) {
        while (keys.next()) {
          needs.add(keys.getString("PKTABLE_NAME").toLowerCase(Locale.ROOT));
        }
      }
      needs.remove(name.getKey());
      waiting.put(name.getKey(), needs);
    }
    var ordered = new ArrayList<String>();
    while (!waiting.isEmpty()) {
      List<String> free =
          waiting.entrySet().stream()
              .filter(table -> ordered.containsAll(table.getValue()))
              .map(Map.Entry::getKey)
              .toList();
      if (free.isEmpty()) {
        throw new SQLException("tables refer to each other in a circle: " + waiting.keySet());
      }
      ordered.addAll(free);
      free.forEach(waiting::remove);
    }
    return ordered;
  }

  /// {@return the columns that an insert names; what the database computes by itself is none}
  private static Map<String, ValueKind> columns(Connection connection, String table)
      throws SQLException {
    var columns = new LinkedHashMap<String, ValueKind>();
    try (ResultSet found =
        connection
            .getMetaData()
            .getColumns(connection.getCatalog(), connection.getSchema(), table, "%")) {
      while (found.next()) {
        if (!"YES".equals(found.getString("IS_GENERATEDCOLUMN"))) {
          columns.put(
              found.getString("COLUMN_NAME").toLowerCase(Locale.ROOT),
              ValueKind.of(found.getInt("DATA_TYPE"), found.getString("TYPE_NAME")));
        }
      }
    }
    return columns;
  }
}
