package ai.hartonomous.platform.graph.relational;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/// Removes a circuit as part of the current transaction. Rows go for good: the graph is made of
/// what was measured elsewhere, and can be made again.
final class RelationalRemoval {

  private final JdbcTemplate jdbc;
  private final String user;

  RelationalRemoval(JdbcTemplate jdbc, String user) {
    this.jdbc = jdbc;
    this.user = user;
  }

  boolean remove(UUID circuit) {
    List<UUID> orphans = orphans(circuit);
    jdbc.update("delete from graph_member where user_id = ? and circuit_id = ?", user, circuit);
    for (List<UUID> chunk : RelationalGraph.chunks(orphans)) {
      delete("graph_influence", "source_id", chunk);
      delete("graph_influence", "target_id", chunk);
      delete("graph_feature", "id", chunk);
    }
    return jdbc.update("delete from graph_circuit where user_id = ? and id = ?", user, circuit) > 0;
  }

  /// {@return features that no other circuit has}
  private List<UUID> orphans(UUID circuit) {
    return jdbc.query(
        """
        select m.feature_id from graph_member m where m.user_id = ? and m.circuit_id = ?
          and not exists (select 1 from graph_member o where o.user_id = ?
            and o.feature_id = m.feature_id and o.circuit_id <> ?)""",
        (row, _) -> Rows.id(row, "feature_id"),
        user,
        circuit,
        user,
        circuit);
  }

  private void delete(String table, String column, List<UUID> values) {
    var sql = new Statement("delete from " + table);
    sql.add(" where user_id = ?", user);
    sql.addIn(column, values);
    jdbc.update(sql.text(), sql.parameters());
  }
}
