package ai.hartonomous.platform.metering;

import ai.hartonomous.platform.metering.Budget.Measure;
import ai.hartonomous.platform.tenant.Columns;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// The tables of calls and what they hold. Nodes look after each other's calls, so this is plain
/// SQL: statements name the user or the id of a call.
@Component
class CallRows {

  private static final String COLUMNS =
      "id, user_id, updated, call_key, request_hash, tenant, lease, state, agent_id, agent, key_id";

  private final JdbcClient jdbc;

  CallRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// How a call stands.
  enum State {
    /// It runs, and holds what it may take.
    HELD,
    /// It was charged.
    SETTLED,
    /// It ended without having taken anything.
    RELEASED,
    /// Its node went silent; what it held was given back.
    LOST
  }

  /// A stored call.
  ///
  /// @param id its reservation
  /// @param user who calls
  /// @param tenant who pays
  /// @param key SHA-256 of what makes it known
  /// @param requestHash SHA-256 of what was asked for
  /// @param agent who answers
  /// @param keyId id of the API key, or empty
  /// @param state how it stands
  /// @param lease until when its node is trusted
  /// @param updated when the state changed last
  record Stored(
      UUID id,
      String user,
      String tenant,
      String key,
      String requestHash,
      UsageEvent.Agent agent,
      String keyId,
      State state,
      Instant lease,
      Instant updated) {}

  /// A part of a budget that a call holds.
  record Hold(UUID use, Measure measure, BigDecimal amount) {}

  /// Stores a call.
  ///
  /// @throws org.springframework.dao.DuplicateKeyException if the user has a call with this key
  void insert(Stored call, String node) {
    jdbc.sql(
            "insert into usage_call (id, user_id, created, updated, deleted, call_key,"
                + " request_hash, tenant, node, lease, state, repeats, agent_id, agent, key_id)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            call.id(),
            call.user(),
            Columns.time(call.updated()),
            Columns.time(call.updated()),
            false,
            call.key(),
            call.requestHash(),
            call.tenant(),
            node,
            Columns.time(call.lease()),
            call.state().name(),
            0,
            call.agent().id(),
            call.agent().name(),
            call.keyId())
        .update();
  }

  void insert(Stored call, Hold hold) {
    jdbc.sql(
            "insert into usage_hold (id, user_id, created, updated, deleted, call_id, use_id,"
                + " measure, amount) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Columns.id(),
            call.user(),
            Columns.now(),
            Columns.now(),
            false,
            call.id(),
            hold.use(),
            hold.measure().name(),
            hold.amount())
        .update();
  }

  Optional<Stored> find(String user, String key) {
    return jdbc.sql("select " + COLUMNS + " from usage_call where user_id = ? and call_key = ?")
        .params(user, key)
        .query((row, _) -> stored(row))
        .optional();
  }

  /// {@return what a call holds, in an order that is the same for every call}
  List<Hold> holds(UUID call) {
    return jdbc
        .sql(
            "select h.use_id, h.measure, h.amount, u.budget_id from usage_hold h"
                + " join budget_use u on u.id = h.use_id where h.call_id = ?")
        .param(call)
        .query(
            (row, _) ->
                new Placed(
                    row.getObject("budget_id", UUID.class),
                    new Hold(
                        row.getObject("use_id", UUID.class),
                        Measure.valueOf(row.getString("measure")),
                        row.getBigDecimal("amount"))))
        .list()
        .stream()
        .sorted(Comparator.comparing(Placed::budget))
        .map(Placed::hold)
        .toList();
  }

  private record Placed(UUID budget, Hold hold) {}

  void forgetHolds(UUID call) {
    jdbc.sql("delete from usage_hold where call_id = ?").param(call).update();
  }

  /// Changes the state of a call, if it is as it was thought to be.
  ///
  /// @return whether it was
  boolean move(UUID call, State from, State to) {
    return jdbc.sql("update usage_call set state = ?, updated = ? where id = ? and state = ?")
            .params(to.name(), Columns.now(), call, from.name())
            .update()
        == 1;
  }

  /// Takes a call over whose lease has ended.
  ///
  /// @return whether it had
  boolean lose(UUID call, Instant now) {
    return jdbc.sql(
                "update usage_call set state = ?, updated = ? where id = ? and state = ?"
                    + " and lease < ?")
            .params(State.LOST.name(), Columns.now(), call, State.HELD.name(), Columns.time(now))
            .update()
        == 1;
  }

  /// Notes that a charged call is answered once more.
  ///
  /// @return whether it was not too often yet
  boolean repeat(UUID call, int most) {
    return jdbc.sql(
                "update usage_call set repeats = repeats + 1 where id = ? and state = ?"
                    + " and repeats < ?")
            .params(call, State.SETTLED.name(), most)
            .update()
        == 1;
  }

  /// Forgets a call that took nothing, so that its key is free again.
  void forget(UUID call) {
    forgetHolds(call);
    jdbc.sql("delete from usage_call where id = ? and state in ('RELEASED', 'LOST')")
        .param(call)
        .update();
  }

  /// Forgets calls that ended, whatever they took.
  ///
  /// @param before when they ran last
  /// @param limit most of them
  /// @return how many that were
  @Transactional
  int forgetEnded(Instant before, int limit) {
    String ended = "state in ('SETTLED', 'RELEASED', 'LOST')";
    List<UUID> ids =
        jdbc.sql(
                "select id from usage_call where %s and lease < ?".formatted(ended)
                    + " order by lease offset 0 rows fetch next ? rows only")
            .params(Columns.time(before), limit)
            .query((row, _) -> row.getObject("id", UUID.class))
            .list();
    if (ids.isEmpty()) {
      return 0;
    }
    jdbc.sql("delete from usage_hold where call_id in (:ids)").param("ids", ids).update();
    return jdbc.sql("delete from usage_call where id in (:ids)").param("ids", ids).update();
  }

  /// {@return calls whose node went silent}
  List<Stored> silent(Instant now, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from usage_call where state = ? and lease < ?"
                + " order by lease offset 0 rows fetch next ? rows only")
        .params(State.HELD.name(), Columns.time(now), limit)
        .query((row, _) -> stored(row))
        .list();
  }

  /// Prolongs calls that run.
  void prolong(List<UUID> running, Instant until) {
    List<Object> arguments = new ArrayList<>();
    arguments.add(Columns.time(until));
    arguments.add(State.HELD.name());
    arguments.addAll(running);
    String marks = "?, ".repeat(running.size() - 1) + "?";
    jdbc.sql("update usage_call set lease = ? where state = ? and id in (" + marks + ")")
        .params(arguments)
        .update();
  }

  private static Stored stored(ResultSet row) throws SQLException {
    return new Stored(
        row.getObject("id", UUID.class),
        row.getString("user_id"),
        row.getString("tenant"),
        row.getString("call_key"),
        row.getString("request_hash"),
        new UsageEvent.Agent(row.getObject("agent_id", UUID.class), row.getString("agent")),
        row.getString("key_id"),
        State.valueOf(row.getString("state")),
        Columns.moment(row, "lease"),
        Columns.moment(row, "updated"));
  }
}
