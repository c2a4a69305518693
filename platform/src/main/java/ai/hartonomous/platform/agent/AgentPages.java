package ai.hartonomous.platform.agent;

import ai.hartonomous.platform.tenant.Tenant;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/// Pages of agents without the long texts of their rows, read without Hibernate for the reason that
/// the pages of components are: it would translate the query anew for each request. So the user and
/// the mark of deleted rows stand in the statement here.
@Component
class AgentPages {

  private static final String SELECT =
      "select id, name, domain, components, parameters, size_bytes, job_id, created from agent"
          + " where user_id = ? and deleted = ? and id > ?"
          + " order by user_id, id offset 0 rows fetch first ? rows only";

  /// Databases take about two thousand values in a statement.
  static final int MOST_NAMED = 1_000;

  private final JdbcTemplate jdbc;

  AgentPages(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /// An agent without the long texts.
  ///
  /// @param name what its owner calls it
  /// @param created when it was made
  record Named(String name, Instant created) {}

  /// {@return agents of the user, by id}
  ///
  /// @param after id after which the page begins
  /// @param most how many
  List<AgentSummary> read(UUID after, int most) {
    return jdbc.query(SELECT, AgentPages::agent, Tenant.current(), false, after, most);
  }

  /// {@return which of some agents the user has, by id: their names and when they were made}
  ///
  /// @param ids at most {@link #MOST_NAMED}
  Map<UUID, Named> named(Collection<UUID> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    List<Object> values = new ArrayList<>(ids);
    values.add(Tenant.current());
    values.add(false);
    String marks = "?, ".repeat(ids.size() - 1) + "?";
    Map<UUID, Named> all = new HashMap<>();
    jdbc.query(
        "select id, name, created from agent where id in (%s)".formatted(marks)
            + " and user_id = ? and deleted = ?",
        row -> {
          var agent =
              new Named(row.getString(2), row.getObject(3, OffsetDateTime.class).toInstant());
          all.put(row.getObject(1, UUID.class), agent);
        },
        values.toArray());
    return all;
  }

  private static AgentSummary agent(ResultSet row, int number) throws SQLException {
    return new AgentSummary(
        row.getObject(1, UUID.class),
        row.getString(2),
        row.getString(3),
        row.getInt(4),
        row.getLong(5),
        row.getLong(6),
        row.getObject(7, UUID.class),
        row.getObject(8, OffsetDateTime.class).toInstant());
  }
}
