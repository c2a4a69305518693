package ai.hartonomous.platform.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The migrations of SQL Server, taken apart.
@SuppressWarnings("doclint:missing") // a test fixture
final class SqlServerMigrations {

  private static final Pattern CREATE =
      Pattern.compile("create table (?:dbo\\.)?(\\w+) \\((.*)\\)", Pattern.DOTALL);
  private static final Pattern ADD =
      Pattern.compile("alter table (?:dbo\\.)?(\\w+) add\\s+(?!constraint)(.*)", Pattern.DOTALL);
  private static final Pattern DROP = Pattern.compile("drop table (?:dbo\\.)?(\\w+)");
  private static final Pattern COLUMN =
      Pattern.compile("\\[?(\\w+)\\]? (\\w+)(?:\\s*\\(([^)]*)\\))?(.*)", Pattern.DOTALL);
  private static final Pattern BODY =
      Pattern.compile("create\\s+(?:or alter )?(?:procedure|function|trigger|view)\\s");
  private static final List<String> NO_COLUMN =
      List.of("constraint", "primary", "unique", "foreign", "check", "index");

  private SqlServerMigrations() {}

  /// A statement of a migration.
  record Statement(String file, String text) {}

  /// A column as a migration makes it.
  record Column(String type, boolean needed) {}

  static List<Statement> statements() throws IOException {
    Path folder =
        Path.of(System.getProperty("repository.root", ".."))
            .resolve("platform/src/main/resources/db/migration/sqlserver");
    List<Path> files;
    try (Stream<Path> found = Files.list(folder)) {
      files = found.sorted(Comparator.comparingInt(SqlServerMigrations::version)).toList();
    }
    var statements = new ArrayList<Statement>();
    for (Path file : files) {
      String name = file.getFileName().toString();
      for (String text : split(Files.readString(file))) {
        statements.add(new Statement(name, text));
      }
    }
    return statements;
  }

  private static int version(Path file) {
    return Integer.parseInt(file.getFileName().toString().replaceAll("^V(\\d+)__.*", "$1"));
  }

  /// Cuts at `go` and at semicolons, but not inside the body of a procedure.
  private static List<String> split(String script) {
    var statements = new ArrayList<String>();
    String bare = script.replaceAll("(?m)--.*$", "");
    for (String batch : bare.split("(?im)^\\s*go\\s*$")) {
      boolean whole = BODY.matcher(batch.toLowerCase(Locale.ROOT)).find();
      for (String part : whole ? new String[] {batch} : batch.split(";")) {
        if (!part.isBlank()) {
          statements.add(part.strip().replaceAll("[ \\t]+", " "));
        }
      }
    }
    return statements;
  }

  /// {@return tables and their columns, as they are after the last migration}
  static Map<String, Map<String, Column>> tables() throws IOException {
    var tables = new TreeMap<String, Map<String, Column>>();
    for (Statement statement : statements()) {
      String text = statement.text().toLowerCase(Locale.ROOT);
      Matcher create = CREATE.matcher(text);
      Matcher add = ADD.matcher(text);
      Matcher drop = DROP.matcher(text);
      if (create.matches()) {
        tables.put(create.group(1), columns(create.group(2)));
      } else if (add.matches()) {
        tables
            .computeIfAbsent(add.group(1), _ -> new LinkedHashMap<>())
            .putAll(columns(add.group(2)));
      } else if (drop.matches()) {
        tables.remove(drop.group(1));
      }
    }
    return tables;
  }

  private static Map<String, Column> columns(String list) {
    var columns = new LinkedHashMap<String, Column>();
    for (String part : parts(list)) {
      Matcher column = COLUMN.matcher(part.strip());
      if (column.matches() && !NO_COLUMN.contains(column.group(1))) {
        String rest = column.group(4);
        boolean needed =
            rest.contains("not null") && !rest.contains("default") && !rest.contains("identity");
        columns.put(column.group(1), new Column(column.group(2), needed));
      }
    }
    return columns;
  }

  /// Cuts at commas outside of brackets.
  private static List<String> parts(String list) {
    var parts = new ArrayList<String>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(list.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(list.substring(start));
    return parts;
  }
}
