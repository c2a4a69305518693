package ai.hartonomous.platform.money;

import ai.hartonomous.platform.tenant.Columns;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// The double-entry ledger. Its rows are transfers: each takes an amount above 0 from one account
/// and adds it to another, so no posting can be out of balance, and all accounts of a currency
/// together are always zero; the table's constraints hold both. A posting has a key of its own:
/// booked again, it changes nothing. Rows are never changed; a mistake is booked back.
///
/// Accounts are names: `cash`, `wallet:TENANT`, `owed:TENANT` (what a tenant has to pay),
/// `sales:TENANT` (used, but not divided yet), `commission`, `tax:CODE`, `payable:OWNER`,
/// `in-transit` (on its way to owners).
///
/// Several tenants meet in a posting, so this is plain SQL; nothing here is shown to users but
/// through their own accounts.
@Component
public class Ledger {

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;

  Ledger(JdbcClient jdbc, JdbcTemplate batches) {
    this.jdbc = jdbc;
    this.batches = batches;
  }

  /// A movement of money.
  ///
  /// @param source account that it is taken from
  /// @param target account that it is added to
  /// @param amount above 0
  public record Transfer(String source, String target, BigDecimal amount) {

    /// Checks.
    ///
    /// @throws IllegalArgumentException if the amount is not above 0, or both ends are the same
    public Transfer {
      if (amount.signum() <= 0 || source.equals(target)) {
        throw new IllegalArgumentException("%s from %s to %s".formatted(amount, source, target));
      }
    }

    /// {@return the movement that undoes this one}
    public Transfer back() {
      return new Transfer(/* source= */ target, /* target= */ source, amount);
    }
  }

  /// Books a posting, whole or not at all. One that was booked before is passed over.
  ///
  /// @param posting its key
  /// @param user on whose behalf
  /// @param currency ISO 4217
  /// @param transfers what moves
  /// @return whether it was new
  @Transactional
  public boolean book(String posting, String user, String currency, List<Transfer> transfers) {
    if (!of(posting).isEmpty() || transfers.isEmpty()) {
      return false;
    }
    List<Object[]> rows = new ArrayList<>();
    for (Transfer transfer : transfers) {
      rows.add(
          new Object[] {
            Columns.id(),
            user,
            Columns.now(),
            Columns.now(),
            false,
            posting,
            rows.size() + 1,
            transfer.source(),
            transfer.target(),
            transfer.amount(),
            currency
          });
    }
    batches.batchUpdate(
        "insert into ledger_transfer (id, user_id, created, updated, deleted, posting, line, source,"
            + " target, amount, currency) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows);
    return true;
  }

  /// {@return the transfers of a posting, in their order; none if it was not booked}
  ///
  /// @param posting its key
  public List<Transfer> of(String posting) {
    return jdbc.sql(
            "select source, target, amount from ledger_transfer where posting = ? order by line")
        .param(posting)
        .query(
            (row, _) ->
                new Transfer(
                    row.getString("source"), row.getString("target"), row.getBigDecimal("amount")))
        .list();
  }

  /// {@return what came to an account in a currency from a moment on}
  ///
  /// @param account its name
  /// @param currency ISO 4217
  /// @param since the moment
  /// @param except beginning of the keys of postings that do not count
  public BigDecimal arrived(String account, String currency, Instant since, String except) {
    return sum(
        "target",
        " and currency = ? and created >= ? and posting not like ?",
        account,
        currency,
        Columns.time(since),
        except + "%");
  }

  /// {@return what an account has in a currency: what came less what went}
  ///
  /// @param account its name
  /// @param currency ISO 4217
  public BigDecimal balance(String account, String currency) {
    String and = " and currency = ?";
    return sum("target", and, account, currency).subtract(sum("source", and, account, currency));
  }

  /// {@return what an account has: what came less what went}
  ///
  /// @param account its name, of one that has one currency
  public BigDecimal balance(String account) {
    return sum("target", "", account).subtract(sum("source", "", account));
  }

  private BigDecimal sum(String end, String and, Object... arguments) {
    return jdbc.sql(
            "select coalesce(sum(amount), 0) from ledger_transfer where " + end + " = ?" + and)
        .params(arguments)
        .query(BigDecimal.class)
        .single();
  }

  /// {@return the balance of every account, all currencies together: to check that nothing is lost}
  public Map<String, BigDecimal> balances() {
    Map<String, BigDecimal> all = new TreeMap<>();
    for (String end : List.of("source", "target")) {
      jdbc.sql(
              "select "
                  + end
                  + " as account, sum(amount) as amount from ledger_transfer group by "
                  + end)
          .query(
              row -> {
                BigDecimal amount = row.getBigDecimal("amount");
                all.merge(
                    row.getString("account"),
                    end.equals("target") ? amount : amount.negate(),
                    BigDecimal::add);
              });
    }
    return all;
  }
}
