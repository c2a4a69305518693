package ai.hartonomous.platform.procedure;

import ai.hartonomous.platform.web.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

/// Reads the procedure `GET_PERFORMANCE_METRICS` of the database. It tells of no user's rows:
/// statements are kept with `?` for their values.
@Service
class Performance {

  private final JdbcTemplate jdbc;
  private final String call;

  Performance(DataSource dataSource, DataSourceProperties database) {
    this.jdbc = new JdbcTemplate(dataSource);
    String url = database.determineUrl();
    if (url.startsWith("jdbc:h2:")) {
      this.call = "call get_performance_metrics()";
    } else {
      this.call =
          url.startsWith("jdbc:postgresql:")
              ? "select * from get_performance_metrics()"
              : "exec get_performance_metrics";
    }
  }

  /// What the database tells.
  ///
  /// @param items slowest or most used first
  record Metrics(List<Metric> items) {}

  /// Figures of a statement, table or index. What the database does not count is null.
  ///
  /// @param source where the database keeps it, such as `pg_stat_statements`
  /// @param name text of the statement, or name of the table or index
  /// @param executions how often it was run or read
  /// @param averageMillis mean time
  /// @param maxMillis longest time
  /// @param averageRows mean number of rows
  record Metric(
      String source,
      String name,
      long executions,
      @Nullable Double averageMillis,
      @Nullable Double maxMillis,
      @Nullable Double averageRows) {}

  Metrics read(int limit) {
    int most = Page.checkedLimit(limit);
    return new Metrics(jdbc.query(call, (row, _) -> metric(row)).stream().limit(most).toList());
  }

  private static Metric metric(ResultSet row) throws SQLException {
    return new Metric(
        row.getString("source"),
        row.getString("name"),
        row.getLong("executions"),
        row.getObject("average_millis", Double.class),
        row.getObject("max_millis", Double.class),
        row.getObject("average_rows", Double.class));
  }
}
