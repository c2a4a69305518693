package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.graph.GraphTask.Origin;
import ai.hartonomous.platform.tenant.Columns;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/// The tasks of all users, in the platform's database, wherever the graph is: a task is stored in
/// the transaction of the change, so no change is lost.
@Component
class GraphTasks {

  private final JdbcTemplate jdbc;
  private final InstantSource clock = InstantSource.system();

  GraphTasks(DataSource dataSource) {
    this.jdbc = new JdbcTemplate(dataSource);
  }

  /// Stores a task, as part of the current transaction.
  void add(String user, Origin origin, UUID originId) {
    jdbc.update(
        """
        insert into graph_task (id, user_id, created, updated, deleted, origin, origin_id, attempts)
        values (?, ?, ?, ?, ?, ?, ?, ?)""",
        Columns.id(),
        user,
        now(),
        now(),
        false,
        origin.name(),
        originId,
        0);
  }

  /// {@return tasks, oldest first}
  ///
  /// @param after tasks up to this one are left out
  /// @param most most tasks
  List<GraphTask> after(UUID after, int most) {
    return jdbc.query(
        """
        select id, user_id, origin, origin_id, attempts from graph_task where id > ?
        order by id offset 0 rows fetch next ? rows only""",
        (row, _) ->
            new GraphTask(
                row.getObject("id", UUID.class),
                row.getString("user_id"),
                Origin.valueOf(row.getString("origin")),
                row.getObject("origin_id", UUID.class),
                row.getInt("attempts")),
        after,
        most);
  }

  void done(GraphTask task) {
    jdbc.update("delete from graph_task where id = ? and user_id = ?", task.id(), task.user());
  }

  void failed(GraphTask task) {
    jdbc.update(
        "update graph_task set attempts = attempts + 1, updated = ? where id = ? and user_id = ?",
        now(),
        task.id(),
        task.user());
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
