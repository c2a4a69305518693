package ai.hartonomous.platform.audit;

import ai.hartonomous.platform.tenant.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The table of entries. Administrators read other users' chains, and entries are written before
/// anybody is known, so this is plain SQL: every statement names the user, but for the list of all
/// chains.
@Component
class AuditRows {

  private static final String COLUMNS = "number, created, actor, action, target, previous, hash";

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;

  AuditRows(JdbcClient jdbc, JdbcTemplate batches) {
    this.jdbc = jdbc;
    this.batches = batches;
  }

  /// An entry and whose it is.
  record Owned(String user, AuditEntry entry) {}

  /// {@return the end of a user's chain}
  AuditHead head(String user) {
    return jdbc.sql(
            "select user_id, number, hash from audit_entry where user_id = ?"
                + " order by number desc offset 0 rows fetch next 1 rows only")
        .param(user)
        .query((row, _) -> head(row))
        .optional()
        .orElseGet(() -> AuditHead.start(user));
  }

  /// {@return a part of a user's chain}
  List<AuditEntry> list(String user, long after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from audit_entry where user_id = ? and number > ?"
                + " order by number offset 0 rows fetch next ? rows only")
        .params(user, after, limit)
        .query((row, _) -> entry(row))
        .list();
  }

  /// {@return the ends of the chains of users whose names come after one}
  List<AuditHead> heads(String after, int limit) {
    return jdbc.sql(
            "select e.user_id, e.number, e.hash from audit_entry e join (select user_id,"
                + " max(number) as number from audit_entry where user_id > ? group by user_id) h"
                + " on e.user_id = h.user_id and e.number = h.number"
                + " order by e.user_id offset 0 rows fetch next ? rows only")
        .params(after, limit)
        .query((row, _) -> head(row))
        .list();
  }

  /// Stores entries.
  ///
  /// @throws org.springframework.dao.DuplicateKeyException if another node wrote one of these
  ///   numbers
  void insert(List<Owned> entries) {
    batches.batchUpdate(
        "insert into audit_entry (id, user_id, created, updated, deleted, "
            + "number, actor, action, target, previous, hash)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entries.stream().map(AuditRows::values).toList());
  }

  private static Object[] values(Owned owned) {
    AuditEntry entry = owned.entry();
    OffsetDateTime created = entry.created().atOffset(ZoneOffset.UTC);
    return new Object[] {
      Columns.id(),
      owned.user(),
      created,
      created,
      false,
      entry.number(),
      entry.actor(),
      entry.action(),
      entry.target(),
      entry.previous(),
      entry.hash()
    };
  }

  private static AuditHead head(ResultSet row) throws SQLException {
    return new AuditHead(row.getString("user_id"), row.getLong("number"), row.getString("hash"));
  }

  private static AuditEntry entry(ResultSet row) throws SQLException {
    return new AuditEntry(
        row.getLong("number"),
        Columns.moment(row, "created"),
        row.getString("actor"),
        row.getString("action"),
        Optional.ofNullable(row.getString("target")).orElse(""),
        row.getString("previous"),
        row.getString("hash"));
  }
}
