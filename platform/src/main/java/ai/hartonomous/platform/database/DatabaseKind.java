package ai.hartonomous.platform.database;

/// The databases that the platform runs on. The JDBC URL decides; nothing else needs to be said.
public enum DatabaseKind {
  /// Embedded in the process: one process, one folder.
  H2("jdbc:h2:", "h2"),
  /// A PostgreSQL server.
  POSTGRESQL("jdbc:postgresql:", "postgresql"),
  /// A SQL Server.
  SQLSERVER("jdbc:sqlserver:", "sqlserver");

  private final String prefix;
  private final String folder;

  DatabaseKind(String prefix, String folder) {
    this.prefix = prefix;
    this.folder = folder;
  }

  /// {@return the kind of database that a URL names}
  ///
  /// @param url a JDBC URL
  /// @throws IllegalArgumentException if the platform does not run on that database
  public static DatabaseKind of(String url) {
    for (DatabaseKind kind : values()) {
      if (url.startsWith(kind.prefix)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "the database is none of H2, PostgreSQL and SQL Server: "
            + url.replaceFirst("^(jdbc:\\w+).*$", "$1"));
  }

  /// {@return name of the folder of its migrations}
  public String folder() {
    return folder;
  }
}
