package ai.hartonomous.platform.graph.relational;

import ai.hartonomous.platform.graph.Scope;
import ai.hartonomous.platform.graph.Walk;
import java.sql.DatabaseMetaData;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/// Finds how far features are from one, by one recursive query. It visits a feature once for each
/// distance at which it can be reached, so the work is bounded by depth times features.
final class RecursiveWalk {

  private final JdbcTemplate jdbc;
  private final String product;

  private RecursiveWalk(JdbcTemplate jdbc, String product) {
    this.jdbc = jdbc;
    this.product = product;
  }

  static RecursiveWalk of(JdbcTemplate jdbc) {
    ConnectionCallback<String> ask =
        connection -> {
          DatabaseMetaData metaData = connection.getMetaData();
          return metaData.getDatabaseProductName();
        };
    return new RecursiveWalk(jdbc, Objects.requireNonNull(jdbc.execute(ask)));
  }

  String product() {
    return product;
  }

  /// {@return rows of features and their distance, nearest first; with the first feature at 0, or
  /// nothing where it is not there}
  ///
  /// @param scope features and edges that count
  /// @param walk from where, and how far
  /// @param most most features
  Map<UUID, Integer> distances(Scope scope, Walk walk, int most) {
    Statement sql = statement(scope, walk, most);
    Map<UUID, Integer> found = new LinkedHashMap<>();
    jdbc.query(
        sql.text(),
        row -> {
          found.put(Rows.id(row, "id"), row.getInt("distance"));
        },
        sql.parameters());
    return found;
  }

  private Statement statement(Scope scope, Walk walk, int most) {
    // SQL Server spells it so, and knows no recursion without duplicates.
    boolean sqlServer = product.startsWith("Microsoft");
    var sql = new Statement(sqlServer ? "with" : "with recursive");
    sql.add(
        " walk (id, distance) as (select f.id, 0 from graph_feature f where f.user_id = ?",
        scope.user());
    sql.add(" and f.id = ?", RowIds.feature(scope.user(), walk.featureId()));
    sql.addMembers("f.id", scope);
    sql.add(sqlServer ? " union all" : " union");
    sql.add(" select e.ahead, w.distance + 1 from walk w join (");
    switch (walk.direction()) {
      case OUT -> addLeg(sql, "source_id", "target_id", scope, walk);
      case IN -> addLeg(sql, "target_id", "source_id", scope, walk);
      case BOTH -> {
        addLeg(sql, "source_id", "target_id", scope, walk);
        sql.add(" union all ");
        addLeg(sql, "target_id", "source_id", scope, walk);
      }
    }
    sql.add(") e on e.here = w.id where w.distance < ?)", walk.depth());
    sql.add(" select id, min(distance) as distance from walk group by id");
    sql.add(" order by min(distance), id offset 0 rows fetch next ? rows only", most);
    return sql;
  }

  private static void addLeg(Statement sql, String here, String ahead, Scope scope, Walk walk) {
    sql.add(
        "select i.%s as here, i.%s as ahead from graph_influence i where i.user_id = ?"
            .formatted(here, ahead),
        scope.user());
    sql.add(" and abs(i.strength) >= ?", walk.minStrength());
    sql.addMembers("i." + ahead, scope);
  }
}
