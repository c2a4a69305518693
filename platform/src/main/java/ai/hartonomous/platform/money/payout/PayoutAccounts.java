package ai.hartonomous.platform.money.payout;

import ai.hartonomous.platform.money.payout.Payout.Method;
import ai.hartonomous.platform.tenant.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// The table of owners' accounts. A batch reads those of all owners, so this is plain SQL: every
/// other statement names the owner.
@Component
class PayoutAccounts {

  private static final String COLUMNS = "name, iban, bic, destination";

  private final JdbcClient jdbc;

  PayoutAccounts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<PayoutAccount> find(String owner) {
    return jdbc.sql("select " + COLUMNS + " from payout_account where user_id = ?")
        .param(owner)
        .query((row, _) -> account(row))
        .optional();
  }

  /// {@return an account as it was stored, in columns of these names}
  static PayoutAccount account(ResultSet row) throws SQLException {
    return new PayoutAccount(
        row.getString("name"),
        Iban.parse(row.getString("iban")).orElse(null),
        row.getString("bic"),
        row.getString("destination"));
  }

  @Transactional
  void set(String owner, PayoutAccount account) {
    remove(owner);
    Iban iban = account.iban();
    jdbc.sql(
            "insert into payout_account (id, user_id, created, updated, deleted, name, iban, bic,"
                + " destination) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Columns.id(),
            owner,
            Columns.now(),
            Columns.now(),
            false,
            account.name(),
            iban == null ? "" : iban.plain(),
            account.bic(),
            account.destination())
        .update();
  }

  boolean remove(String owner) {
    return jdbc.sql("delete from payout_account where user_id = ?").param(owner).update() > 0;
  }

  /// {@return owners who can be paid in a way, in the order of their names}
  List<String> owners(Method method) {
    String column = method == Method.FILE ? "iban" : "destination";
    return jdbc.sql(
            "select user_id from payout_account where " + column + " <> '' order by user_id")
        .query((row, _) -> row.getString("user_id"))
        .list();
  }

  /// {@return an owner's account; until the transaction ends nobody else pays this owner}
  Optional<PayoutAccount> lock(String owner) {
    jdbc.sql("update payout_account set updated = ? where user_id = ?")
        .params(Columns.now(), owner)
        .update();
    return find(owner);
  }
}
