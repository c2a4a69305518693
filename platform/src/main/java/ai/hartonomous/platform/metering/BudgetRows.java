package ai.hartonomous.platform.metering;

import ai.hartonomous.platform.metering.Budget.Author;
import ai.hartonomous.platform.metering.Budget.Measure;
import ai.hartonomous.platform.metering.Budget.Scope;
import ai.hartonomous.platform.metering.Budget.Span;
import ai.hartonomous.platform.tenant.Columns;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/// The tables of budgets. A tenant's budget bounds several users, and administrators set those of
/// others, so this is plain SQL: every statement names whose budget it is.
@Component
class BudgetRows {

  private static final String COLUMNS =
      "b.id, b.scope, b.subject, b.measure, b.period, b.author, b.most";

  private final JdbcClient jdbc;
  private final TransactionTemplate alone;

  BudgetRows(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.alone = new TransactionTemplate(transactions);
    this.alone.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /// {@return the budgets that bound a call, in an order that is the same for every call}
  List<Budget> bounding(String user, String tenant, String key) {
    return jdbc
        .sql(
            "select "
                + COLUMNS
                + " from budget b where b.deleted = ? and ((b.scope = 'USER' and b.subject = ?)"
                + " or (b.scope = 'TENANT' and b.subject = ?)"
                + " or (b.scope = 'KEY' and b.subject = ? and b.user_id = ?))")
        .params(false, user, tenant, key, user)
        .query((row, _) -> budget(row))
        .list()
        .stream()
        .sorted(Comparator.comparing(Budget::id))
        .toList();
  }

  /// {@return the row of a budget's period, which is made if there is none}
  UUID use(String user, UUID budget, Instant begins) {
    return find(budget, begins).orElseGet(() -> make(user, budget, begins));
  }

  private Optional<UUID> find(UUID budget, Instant begins) {
    return jdbc.sql("select id from budget_use where budget_id = ? and begins = ?")
        .params(budget, Columns.time(begins))
        .query((row, _) -> row.getObject("id", UUID.class))
        .optional();
  }

  private UUID make(String user, UUID budget, Instant begins) {
    try {
      alone.executeWithoutResult(
          _ ->
              jdbc.sql(
                      "insert into budget_use (id, user_id, created, updated, deleted, budget_id,"
                          + " begins, reserved, spent) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
                  .params(
                      Columns.id(),
                      user,
                      Columns.now(),
                      Columns.now(),
                      false,
                      budget,
                      Columns.time(begins),
                      BigDecimal.ZERO,
                      BigDecimal.ZERO)
                  .update());
    } catch (DuplicateKeyException _) {
      // another call was first; its row is as good
    }
    return find(budget, begins).orElseThrow();
  }

  /// Reserves an amount, if it is there.
  ///
  /// @return whether it was there
  boolean reserve(UUID use, BigDecimal amount) {
    return take(use, "reserved", amount);
  }

  /// Spends what was not reserved, if it is there.
  boolean spend(UUID use, BigDecimal amount) {
    return take(use, "spent", amount);
  }

  /// One statement, so that of any number of calls on any number of nodes together none takes what
  /// another has.
  private boolean take(UUID use, String column, BigDecimal amount) {
    return jdbc.sql(
                "update budget_use set %1$s = %1$s + ?, updated = ? where id = ?".formatted(column)
                    + " and spent + reserved + ? <="
                    + " (select b.most from budget b where b.id = budget_use.budget_id)")
            .params(amount, Columns.now(), use, amount)
            .update()
        == 1;
  }

  /// Spends a part of what was reserved, and gives back the rest.
  void settle(UUID use, BigDecimal reserved, BigDecimal spent) {
    jdbc.sql(
            "update budget_use set reserved = reserved - ?, spent = spent + ?, updated = ?"
                + " where id = ?")
        .params(reserved, spent, Columns.now(), use)
        .update();
  }

  /// A budget and how far it is.
  ///
  /// @param budget the budget
  /// @param reserved held by calls under way, in the present period
  /// @param spent in the present period
  record Standing(Budget budget, BigDecimal reserved, BigDecimal spent) {}

  /// {@return how far a budget is in a period}
  Standing standing(Budget budget, Instant begins) {
    return jdbc.sql("select reserved, spent from budget_use where budget_id = ? and begins = ?")
        .params(budget.id(), Columns.time(begins))
        .query(
            (row, _) ->
                new Standing(budget, row.getBigDecimal("reserved"), row.getBigDecimal("spent")))
        .optional()
        .orElse(new Standing(budget, BigDecimal.ZERO, BigDecimal.ZERO));
  }

  /// {@return budgets of a user: of their keys, of themselves and of the tenant of that name}
  List<Budget> list(String user, UUID after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from budget b where b.user_id = ? and b.deleted = ? and b.id > ?"
                + " order by b.id offset 0 rows fetch next ? rows only")
        .params(user, false, after, limit)
        .query((row, _) -> budget(row))
        .list();
  }

  Optional<Budget> find(String user, UUID id) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from budget b where b.user_id = ? and b.deleted = ? and b.id = ?")
        .params(user, false, id)
        .query((row, _) -> budget(row))
        .optional();
  }

  /// Sets a budget: a new one, or the one of its kind.
  Budget set(String user, Budget wanted) {
    if (change(user, wanted) == 0) {
      try {
        alone.executeWithoutResult(_ -> insert(user, wanted));
      } catch (DuplicateKeyException _) {
        change(user, wanted); // another request was first
      }
    }
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from budget b where b.user_id = ? and b.scope = ? and b.subject = ?"
                + " and b.measure = ? and b.period = ? and b.author = ?")
        .params(
            user,
            wanted.scope().name(),
            wanted.subject(),
            wanted.measure().name(),
            wanted.period().name(),
            wanted.author().name())
        .query((row, _) -> budget(row))
        .single();
  }

  private int change(String user, Budget wanted) {
    return jdbc.sql(
            "update budget set most = ?, deleted = ?, updated = ? where user_id = ?"
                + " and scope = ? and subject = ? and measure = ? and period = ? and author = ?")
        .params(
            wanted.most(),
            false,
            Columns.now(),
            user,
            wanted.scope().name(),
            wanted.subject(),
            wanted.measure().name(),
            wanted.period().name(),
            wanted.author().name())
        .update();
  }

  private void insert(String user, Budget wanted) {
    jdbc.sql(
            "insert into budget (id, user_id, created, updated, deleted, scope, subject, measure,"
                + " period, author, most) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            wanted.id(),
            user,
            Columns.now(),
            Columns.now(),
            false,
            wanted.scope().name(),
            wanted.subject(),
            wanted.measure().name(),
            wanted.period().name(),
            wanted.author().name(),
            wanted.most())
        .update();
  }

  /// Ends a budget.
  void delete(String user, UUID id) {
    jdbc.sql("update budget set deleted = ?, updated = ? where user_id = ? and id = ?")
        .params(true, Columns.now(), user, id)
        .update();
  }

  private static Budget budget(ResultSet row) throws SQLException {
    return new Budget(
        row.getObject("id", UUID.class),
        Scope.valueOf(row.getString("scope")),
        row.getString("subject"),
        Measure.valueOf(row.getString("measure")),
        Span.valueOf(row.getString("period")),
        Author.valueOf(row.getString("author")),
        row.getBigDecimal("most"));
  }
}
