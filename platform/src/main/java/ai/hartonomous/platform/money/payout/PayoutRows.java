package ai.hartonomous.platform.money.payout;

import ai.hartonomous.platform.money.payout.Payout.Batch;
import ai.hartonomous.platform.money.payout.Payout.Method;
import ai.hartonomous.platform.money.payout.Payout.Order;
import ai.hartonomous.platform.money.payout.Payout.State;
import ai.hartonomous.platform.tenant.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The tables of payouts. Administrators make them for owners, so this is plain SQL: what owners
/// are shown names them.
@Component
class PayoutRows {

  private static final String BATCH =
      "select id, batch_key, method, currency, booked_before, created from payout_batch";
  private static final String PAYOUT =
      "select id, batch_id, user_id, currency, amount, state, name, iban, bic, destination,"
          + " attempted, reference, reason, created from payout";

  private final JdbcClient jdbc;

  PayoutRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Batch> batch(String key) {
    return jdbc.sql(BATCH + " where batch_key = ?")
        .param(key)
        .query((row, _) -> batch(row))
        .optional();
  }

  Optional<Batch> batch(UUID id) {
    return jdbc.sql(BATCH + " where id = ?").param(id).query((row, _) -> batch(row)).optional();
  }

  List<Batch> batches(UUID after, int limit) {
    return jdbc.sql(BATCH + " where id > ? order by id offset 0 rows fetch next ? rows only")
        .params(after, limit)
        .query((row, _) -> batch(row))
        .list();
  }

  private static Batch batch(ResultSet row) throws SQLException {
    return new Batch(
        row.getObject("id", UUID.class),
        new Order(
            row.getString("batch_key"),
            Method.valueOf(row.getString("method")),
            row.getString("currency"),
            Columns.moment(row, "booked_before")),
        Columns.moment(row, "created"));
  }

  /// Stores a batch.
  ///
  /// @throws org.springframework.dao.DuplicateKeyException if its key is taken
  void insert(String author, Batch batch) {
    Order order = batch.order();
    jdbc.sql(
            "insert into payout_batch (id, user_id, created, updated, deleted, batch_key, method,"
                + " currency, booked_before) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            batch.id(),
            author,
            Columns.time(batch.made()),
            Columns.time(batch.made()),
            false,
            order.key(),
            order.method().name(),
            order.currency(),
            Columns.time(order.before()))
        .update();
  }

  void insert(Payout payout) {
    Iban iban = payout.account().iban();
    jdbc.sql(
            "insert into payout (id, user_id, created, updated, deleted, batch_id, currency, amount,"
                + " state, name, iban, bic, destination, reference, reason)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '')")
        .params(
            payout.id(),
            payout.owner(),
            Columns.time(payout.made()),
            Columns.time(payout.made()),
            false,
            payout.batch(),
            payout.currency(),
            payout.amount(),
            payout.state().name(),
            payout.account().name(),
            iban == null ? "" : iban.plain(),
            payout.account().bic(),
            payout.account().destination())
        .update();
  }

  List<Payout> of(UUID batch) {
    return jdbc.sql(PAYOUT + " where batch_id = ? order by user_id")
        .param(batch)
        .query((row, _) -> payout(row))
        .list();
  }

  Optional<Payout> find(UUID id) {
    return jdbc.sql(PAYOUT + " where id = ?").param(id).query((row, _) -> payout(row)).optional();
  }

  List<Payout> list(String owner, UUID after, int limit) {
    return jdbc.sql(
            PAYOUT
                + " where user_id = ? and id > ?"
                + " order by id offset 0 rows fetch next ? rows only")
        .params(owner, after, limit)
        .query((row, _) -> payout(row))
        .list();
  }

  private static Payout payout(ResultSet row) throws SQLException {
    OffsetDateTime attempted = row.getObject("attempted", OffsetDateTime.class);
    return new Payout(
        row.getObject("id", UUID.class),
        row.getObject("batch_id", UUID.class),
        row.getString("user_id"),
        row.getString("currency"),
        row.getBigDecimal("amount"),
        State.valueOf(row.getString("state")),
        PayoutAccounts.account(row),
        attempted == null ? null : attempted.toInstant(),
        row.getString("reference"),
        row.getString("reason"),
        Columns.moment(row, "created"));
  }

  /// Notes that the provider is asked to pay.
  void attempt(UUID id, Instant when) {
    jdbc.sql("update payout set attempted = ?, updated = ? where id = ? and attempted is null")
        .params(Columns.time(when), Columns.now(), id)
        .update();
  }

  /// Notes that the provider will not pay.
  void refuse(UUID id, String reason) {
    jdbc.sql(
            "update payout set attempted = null, reason = ?, updated = ? where id = ? and state = ?")
        .params(reason, Columns.now(), id, State.PENDING.name())
        .update();
  }

  void explain(UUID id, String reason) {
    jdbc.sql("update payout set reason = ?, updated = ? where id = ?")
        .params(reason, Columns.now(), id)
        .update();
  }

  /// Moves a payout on.
  ///
  /// @return whether it was in the state that is expected
  boolean move(UUID id, State expected, State next, String reference, String reason) {
    return jdbc.sql(
                "update payout set state = ?, reference = ?, reason = ?, updated = ?"
                    + " where id = ? and state = ?")
            .params(next.name(), reference, reason, Columns.now(), id, expected.name())
            .update()
        == 1;
  }
}
