package ai.hartonomous.platform.money;

import ai.hartonomous.platform.money.Ledger.Transfer;
import ai.hartonomous.platform.money.Tenants.Account;
import ai.hartonomous.platform.money.Tenants.Terms;
import ai.hartonomous.platform.web.Problem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// Money that comes into wallets through a payment provider, and goes back there. Each movement is
/// known by the key of its posting: booked again, it changes nothing.
@Service
public class WalletPayments {

  private final Tenants accounts;
  private final Wallets wallets;
  private final Ledger ledger;

  WalletPayments(Tenants accounts, Wallets wallets, Ledger ledger) {
    this.accounts = accounts;
    this.wallets = wallets;
    this.ledger = ledger;
  }

  /// {@return the currency in which a tenant pays into its wallet}
  ///
  /// @param tenant who pays
  /// @throws ai.hartonomous.platform.web.ProblemException with status 422 if it does not pay before
  public String currency(String tenant) {
    return accounts
        .find(tenant)
        .filter(it -> it.terms() == Terms.PREPAID)
        .map(Account::currency)
        .orElseThrow(
            () ->
                Problem.unprocessable(
                    "not-prepaid",
                    "Only who pays before, by an account of their own, has a wallet."));
  }

  /// Makes a wallet with nothing in it, if there is none: of two payments at once that come later
  /// none has to make it.
  ///
  /// @param tenant whose wallet
  /// @param currency ISO 4217
  public void open(String tenant, String currency) {
    try {
      wallets.fill(tenant, currency, BigDecimal.ZERO);
    } catch (DuplicateKeyException _) {
      // somebody made it at the same moment
    }
  }

  /// Pays in.
  ///
  /// @param posting its key in the ledger
  /// @param tenant whose wallet
  /// @param currency ISO 4217
  /// @param amount above 0
  /// @return whether it was new
  @Transactional
  public boolean payIn(String posting, String tenant, String currency, BigDecimal amount) {
    var transfer = new Transfer("cash", "wallet:" + tenant, amount);
    boolean isNew = ledger.book(posting, tenant, currency, List.of(transfer));
    if (isNew) {
      wallets.fill(tenant, currency, amount);
    }
    return isNew;
  }

  /// Takes back what was paid in, as far as it is in the wallet and no call holds it; the rest the
  /// wallet owes, until something comes into it.
  ///
  /// @param posting its key in the ledger
  /// @param tenant whose wallet
  /// @param currency ISO 4217
  /// @param amount above 0
  /// @return what the tenant owes of it now; 0 if it was booked before
  @Transactional
  public BigDecimal takeBack(String posting, String tenant, String currency, BigDecimal amount) {
    if (!ledger.of(posting).isEmpty()) {
      return BigDecimal.ZERO;
    }
    BigDecimal taken = wallets.takeFree(tenant, amount);
    BigDecimal owed = amount.subtract(taken);
    List<Transfer> transfers = new ArrayList<>();
    if (taken.signum() > 0) {
      transfers.add(new Transfer("wallet:" + tenant, "cash", taken));
    }
    if (owed.signum() > 0) {
      wallets.owe(tenant, owed);
      transfers.add(new Transfer("owed:" + tenant, "cash", owed));
    }
    ledger.book(posting, tenant, currency, transfers);
    return owed;
  }
}
