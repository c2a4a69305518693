package ai.hartonomous.platform.money;

import ai.hartonomous.platform.money.Ledger.Transfer;
import ai.hartonomous.platform.tenant.Columns;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Money that tenants paid in. A wallet never goes below what its calls under way hold: one
/// conditional statement each. Every movement is booked in the ledger in the same transaction.
@Component
class Wallets {

  private final JdbcClient jdbc;
  private final Ledger ledger;

  Wallets(JdbcClient jdbc, Ledger ledger) {
    this.jdbc = jdbc;
    this.ledger = ledger;
  }

  /// A wallet.
  ///
  /// @param currency ISO 4217
  /// @param balance what is in it
  /// @param held part of it that calls under way hold
  /// @param owed what was given back of top-ups after it was used
  record Wallet(String currency, BigDecimal balance, BigDecimal held, BigDecimal owed) {

    private BigDecimal free() {
      return balance.subtract(held);
    }
  }

  Optional<Wallet> find(String tenant) {
    return jdbc.sql("select currency, balance, held, owed from wallet where tenant = ?")
        .param(tenant)
        .query(
            (row, _) ->
                new Wallet(
                    row.getString("currency"),
                    row.getBigDecimal("balance"),
                    row.getBigDecimal("held"),
                    row.getBigDecimal("owed")))
        .optional();
  }

  /// Pays in. A payment that was booked before changes nothing.
  ///
  /// @param payment what makes it known
  /// @return whether it was new
  @Transactional
  boolean payIn(String tenant, String currency, String payment, BigDecimal amount) {
    var transfer = new Transfer("cash", "wallet:" + tenant, amount);
    if (!ledger.book(
        "payment:%s:%s".formatted(tenant, payment), tenant, currency, List.of(transfer))) {
      return false;
    }
    fill(tenant, currency, amount);
    return true;
  }

  /// Puts an amount into a wallet, which is made if there is none, and pays with it what the wallet
  /// owes. Who calls books the amount, in the same transaction.
  void fill(String tenant, String currency, BigDecimal amount) {
    if (add(tenant, amount) > 0) {
      if (amount.signum() > 0) {
        settle(tenant);
      }
    } else {
      jdbc.sql(
              "insert into wallet (id, user_id, created, updated, deleted, tenant, currency,"
                  + " balance, held) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
          .params(
              Columns.id(),
              tenant,
              Columns.now(),
              Columns.now(),
              false,
              tenant,
              currency,
              amount,
              BigDecimal.ZERO)
          .update();
    }
  }

  /// Pays what a wallet owes, as far as that is there and no call holds it. Who calls has changed
  /// the wallet in this transaction, so nobody else does.
  private void settle(String tenant) {
    Wallet wallet = find(tenant).orElseThrow();
    BigDecimal paid = wallet.owed().min(wallet.free());
    if (paid.signum() > 0) {
      jdbc.sql("update wallet set balance = balance - ?, owed = owed - ? where tenant = ?")
          .params(paid, paid, tenant)
          .update();
      var transfer = new Transfer("wallet:" + tenant, "owed:" + tenant, paid);
      ledger.book("debt:" + Columns.id(), tenant, wallet.currency(), List.of(transfer));
    }
  }

  /// Notes that a wallet owes more. Who calls books it.
  void owe(String tenant, BigDecimal amount) {
    jdbc.sql("update wallet set owed = owed + ?, updated = ? where tenant = ?")
        .params(amount, Columns.now(), tenant)
        .update();
  }

  private int add(String tenant, BigDecimal amount) {
    return jdbc.sql("update wallet set balance = balance + ?, updated = ? where tenant = ?")
        .params(amount, Columns.now(), tenant)
        .update();
  }

  /// Takes an amount that is due at once, if no call holds it. Who takes it books it.
  ///
  /// @return whether it was there
  boolean pay(String tenant, BigDecimal amount) {
    return jdbc.sql(
                "update wallet set balance = balance - ?, updated = ? where tenant = ?"
                    + " and balance - held >= ?")
            .params(amount, Columns.now(), tenant, amount)
            .update()
        == 1;
  }

  /// Takes what is there and held by no call, at most an amount. Who takes it books it.
  ///
  /// @return how much that was
  BigDecimal takeFree(String tenant, BigDecimal most) {
    jdbc.sql("update wallet set updated = ? where tenant = ?") // nobody changes it from here on
        .params(Columns.now(), tenant)
        .update();
    BigDecimal free =
        find(tenant).map(it -> it.free().min(most).max(BigDecimal.ZERO)).orElse(BigDecimal.ZERO);
    return free.signum() > 0 && pay(tenant, free) ? free : BigDecimal.ZERO;
  }

  /// Holds an amount for a call, if it is there.
  ///
  /// @return whether it was
  boolean hold(String tenant, String user, UUID call, BigDecimal amount) {
    int held =
        jdbc.sql(
                "update wallet set held = held + ?, updated = ? where tenant = ?"
                    + " and balance - held >= ?")
            .params(amount, Columns.now(), tenant, amount)
            .update();
    if (held == 1) {
      jdbc.sql(
              "insert into wallet_hold (id, user_id, created, updated, deleted, call_id, tenant,"
                  + " amount) values (?, ?, ?, ?, ?, ?, ?, ?)")
          .params(Columns.id(), user, Columns.now(), Columns.now(), false, call, tenant, amount)
          .update();
    }
    return held == 1;
  }

  /// Gives back what a call holds, and pays for it.
  ///
  /// @return whether there was enough; there is where the call held as much
  boolean take(String tenant, UUID call, BigDecimal price, String currency) {
    Optional<Held> held = letGo(call);
    if (price.signum() > 0) {
      if (!pay(tenant, price)) {
        return false;
      }
      var transfer = new Transfer("wallet:" + tenant, "sales:" + tenant, price);
      ledger.book("call:" + call, tenant, currency, List.of(transfer));
    }
    held.ifPresent(this::settle);
    return true;
  }

  /// Gives back what a call holds, if it holds anything.
  void release(UUID call) {
    letGo(call).ifPresent(this::settle);
  }

  /// What a call held.
  ///
  /// @param tenant of whose wallet
  /// @param amount how much
  /// @param owed what the wallet owed
  private record Held(String tenant, BigDecimal amount, BigDecimal owed) {}

  private Optional<Held> letGo(UUID call) {
    Optional<Held> held =
        jdbc.sql(
                "select h.tenant, h.amount, w.owed from wallet_hold h"
                    + " join wallet w on w.tenant = h.tenant where h.call_id = ?")
            .param(call)
            .query(
                (row, _) ->
                    new Held(
                        row.getString("tenant"),
                        row.getBigDecimal("amount"),
                        row.getBigDecimal("owed")))
            .optional();
    held.ifPresent(
        it -> {
          jdbc.sql("delete from wallet_hold where call_id = ?").param(call).update();
          jdbc.sql("update wallet set held = held - ?, updated = ? where tenant = ?")
              .params(it.amount(), Columns.now(), it.tenant())
              .update();
        });
    return held;
  }

  /// What no call holds any more pays what the wallet owes.
  private void settle(Held held) {
    if (held.owed().signum() > 0) {
      settle(held.tenant());
    }
  }
}
