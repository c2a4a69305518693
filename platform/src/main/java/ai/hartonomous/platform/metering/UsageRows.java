package ai.hartonomous.platform.metering;

import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.metering.Charging.Price;
import ai.hartonomous.platform.metering.UsageEvent.Agent;
import ai.hartonomous.platform.metering.UsageEvent.Outcome;
import ai.hartonomous.platform.tenant.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The tables of the log of usage. A tenant's log holds the calls of several users, so this is
/// plain SQL: every statement names user or tenant.
@Component
class UsageRows {

  private static final String COLUMNS =
      "id, user_id, tenant, number, event_key, happened, agent_id, agent, key_id, outcome,"
          + " tokens_in, tokens_cached, tokens_out, calls, compute_micros, amount, currency";

  /// Longer than a month of any calendar.
  private static final Duration LONGEST = Duration.ofDays(32);

  private final JdbcClient jdbc;
  private final JdbcTemplate template;

  UsageRows(JdbcClient jdbc, JdbcTemplate template) {
    this.jdbc = jdbc;
    this.template = template;
  }

  /// The end of a tenant's log.
  ///
  /// @param number of its last entry
  /// @param latest its time
  /// @param begins period that the use is of
  /// @param use what was used in it, of agents without a price of their own
  record Head(long number, Instant latest, Instant begins, Use use) {

    /// {@return what was used in a period so far}
    Use useIn(Period period) {
      return period.begins().equals(begins) ? use : Use.NONE;
    }
  }

  /// {@return the end of a tenant's log, which is made if there is none; nobody else changes it
  /// until the transaction ends}
  Head lock(String tenant) {
    String sql = "update usage_log set updated = ? where tenant = ?";
    if (jdbc.sql(sql).params(Columns.now(), tenant).update() == 0) {
      begin(tenant);
      jdbc.sql(sql).params(Columns.now(), tenant).update();
    }
    return head(tenant).orElseThrow();
  }

  /// Makes a tenant's log in the transaction that needs it: one of its own would wait for a second
  /// connection while this one holds the first, and as many of these at once as the pool has
  /// connections would wait for each other. The savepoint lets the transaction go on where another
  /// one was first: databases differ in whether an insert that failed spoils it.
  private void begin(String tenant) {
    template.execute(
        (ConnectionCallback<Boolean>)
            connection -> {
              Savepoint before = connection.setSavepoint();
              try {
                insert(tenant);
                return true;
              } catch (DuplicateKeyException _) {
                connection.rollback(before);
                return false; // another transaction was first; its row is as good
              }
            });
  }

  private void insert(String tenant) {
    jdbc.sql(
            "insert into usage_log (id, user_id, created, updated, deleted, tenant, number, latest,"
                + " begins, tokens_in, tokens_cached, tokens_out, calls)"
                + " values (?, ?, ?, ?, ?, ?, 0, ?, ?, 0, 0, 0, 0)")
        .params(
            Columns.id(),
            tenant,
            Columns.now(),
            Columns.now(),
            false,
            tenant,
            Columns.time(Instant.EPOCH),
            Columns.time(Instant.EPOCH))
        .update();
  }

  private Optional<Head> head(String tenant) {
    return jdbc.sql(
            "select number, latest, begins, tokens_in, tokens_cached, tokens_out, calls"
                + " from usage_log where tenant = ?")
        .param(tenant)
        .query(
            (row, _) ->
                new Head(
                    row.getLong("number"),
                    Columns.moment(row, "latest"),
                    Columns.moment(row, "begins"),
                    new Use(
                        row.getLong("tokens_in"),
                        row.getLong("tokens_cached"),
                        row.getLong("tokens_out"),
                        row.getLong("calls"),
                        0)))
        .optional();
  }

  /// Moves the end of a tenant's log, which this transaction has locked.
  void move(String tenant, Head head) {
    Use use = head.use();
    jdbc.sql(
            "update usage_log set number = ?, latest = ?, begins = ?, tokens_in = ?,"
                + " tokens_cached = ?, tokens_out = ?, calls = ? where tenant = ?")
        .params(
            head.number(),
            Columns.time(head.latest()),
            Columns.time(head.begins()),
            use.input(),
            use.cached(),
            use.output(),
            use.calls(),
            tenant)
        .update();
  }

  /// Adds entries.
  ///
  /// @throws DuplicateKeyException if one of them is there already
  void insert(List<UsageEvent> events, Period period) {
    template.batchUpdate(
        "insert into usage_event (id, user_id, created, updated, deleted, tenant, number,"
            + " event_key, happened, begins, agent_id, agent, key_id, outcome, tokens_in,"
            + " tokens_cached, tokens_out, calls, compute_micros, amount, currency) values (?, ?,"
            + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        events.stream().map(event -> values(event, period)).toList());
  }

  private static Object[] values(UsageEvent event, Period period) {
    return new Object[] {
      event.id(),
      event.user(),
      Columns.time(event.happened()),
      Columns.time(event.happened()),
      false,
      event.tenant(),
      event.number(),
      event.key(),
      Columns.time(event.happened()),
      Columns.time(period.begins()),
      event.agent().id(),
      event.agent().name(),
      event.keyId(),
      event.outcome().name(),
      event.use().input(),
      event.use().cached(),
      event.use().output(),
      event.use().calls(),
      event.use().computeMicros(),
      event.price().amount(),
      event.price().currency()
    };
  }

  Optional<UsageEvent> find(String user, String key) {
    return jdbc.sql("select " + COLUMNS + " from usage_event where user_id = ? and event_key = ?")
        .params(user, key)
        .query((row, _) -> event(row))
        .optional();
  }

  /// {@return which of these keys of a user have an entry}
  ///
  /// The keys are a table of their own, because H2 looks up no index by a column that is in a list
  /// after one that is equal to something: it would read all entries of the user.
  List<String> known(String user, List<String> keys) {
    String key = "(cast(? as varchar(64)))";
    List<Object> arguments = new ArrayList<>(keys);
    arguments.add(user);
    return jdbc.sql(
            "select e.event_key from (values "
                + (key + ", ").repeat(keys.size() - 1)
                + key
                + ") as w(k) join usage_event e on e.event_key = w.k where e.user_id = ?")
        .params(arguments)
        .query((row, _) -> row.getString("event_key"))
        .list();
  }

  /// {@return entries of a user in a tenant's log, in the order of their numbers}
  List<UsageEvent> list(String tenant, String user, long after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from usage_event where tenant = ? and user_id = ? and number > ?"
                + " order by number offset 0 rows fetch next ? rows only")
        .params(tenant, user, after, limit)
        .query((row, _) -> event(row))
        .list();
  }

  /// {@return entries of a tenant's log, whoever called, in the order of their numbers}
  List<UsageEvent> list(String tenant, long after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from usage_event where tenant = ? and number > ?"
                + " order by number offset 0 rows fetch next ? rows only")
        .params(tenant, after, limit)
        .query((row, _) -> event(row))
        .list();
  }

  /// {@return what was used of each agent in a period of a tenant; also what was added to the log
  /// as of a period of UTC's calendar, before the tenant had one of its own}
  List<AgentUse> byAgent(String tenant, Period period) {
    return jdbc.sql(
            "select agent_id, min(agent) as agent, min(user_id) as user_id, sum(tokens_in) as i,"
                + " sum(tokens_cached) as c, sum(tokens_out) as o, sum(calls) as n,"
                + " sum(compute_micros) as m from usage_event where tenant = ?"
                + " and begins > ? and begins < ? and happened >= ? and happened < ?"
                + " group by agent_id order by agent_id")
        .params(
            tenant,
            Columns.time(period.begins().minus(LONGEST)), // for the index; the time decides
            Columns.time(period.ends()),
            Columns.time(period.begins()),
            Columns.time(period.ends()))
        .query(
            (row, _) ->
                new AgentUse(
                    new Agent(row.getObject("agent_id", UUID.class), row.getString("agent")),
                    row.getString("user_id"),
                    new Use(
                        row.getLong("i"),
                        row.getLong("c"),
                        row.getLong("o"),
                        row.getLong("n"),
                        row.getLong("m"))))
        .list();
  }

  private static UsageEvent event(ResultSet row) throws SQLException {
    return new UsageEvent(
        row.getObject("id", UUID.class),
        row.getString("user_id"),
        row.getString("tenant"),
        row.getLong("number"),
        row.getString("event_key"),
        Columns.moment(row, "happened"),
        new Agent(row.getObject("agent_id", UUID.class), row.getString("agent")),
        row.getString("key_id"),
        Outcome.valueOf(row.getString("outcome")),
        new Use(
            row.getLong("tokens_in"),
            row.getLong("tokens_cached"),
            row.getLong("tokens_out"),
            row.getLong("calls"),
            row.getLong("compute_micros")),
        new Price(row.getBigDecimal("amount"), row.getString("currency")));
  }
}
