package ai.hartonomous.platform.agent;

import ai.hartonomous.platform.tenant.Tenant;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
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

  private final JdbcTemplate jdbc;

  AgentPages(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /// {@return agents of the user, by id}
  ///
  /// @param after id after which the page begins
  /// @param most how many
  List<AgentSummary> read(UUID after, int most) {
    return jdbc.query(SELECT, AgentPages::agent, Tenant.current(), false, after, most);
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
