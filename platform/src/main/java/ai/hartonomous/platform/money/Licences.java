package ai.hartonomous.platform.money;

import ai.hartonomous.platform.MoneySettings;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.money.Invoice.Kind;
import ai.hartonomous.platform.money.Invoice.Line;
import ai.hartonomous.platform.money.Invoice.Whole;
import ai.hartonomous.platform.money.Ledger.Transfer;
import ai.hartonomous.platform.money.Tenants.Account;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// Sells licences of models: an invoice of its own, or a statement of what the wallet paid. The
/// platform keeps its commission, the rest is the owner's. A sale is known by its key.
@Service
public class Licences {

  private final Tenants accounts;
  private final Wallets wallets;
  private final InvoiceRows rows;
  private final Ledger ledger;
  private final Invoicing invoicing;
  private final MoneySettings settings;

  Licences(
      Tenants accounts,
      Wallets wallets,
      InvoiceRows rows,
      Ledger ledger,
      Invoicing invoicing,
      Settings settings) {
    this.accounts = accounts;
    this.wallets = wallets;
    this.rows = rows;
    this.ledger = ledger;
    this.invoicing = invoicing;
    this.settings = settings.money();
  }

  /// A sale.
  ///
  /// @param key what makes it known, at most 100 characters
  /// @param buyer who pays: a tenant with an account
  /// @param owner who sells
  /// @param what is sold, in words, at most 300 characters
  /// @param amount above 0, before taxes, in whole cents of the buyer's currency
  public record Sale(String key, String buyer, String owner, String what, BigDecimal amount) {}

  /// Sells a licence, or answers what was made when the key was sold.
  ///
  /// @param sale what is sold
  /// @param now the time
  /// @return the invoice, or the statement of the wallet
  /// @throws ProblemException if the buyer has no account or not as much in the wallet, the amount
  ///   is not in whole cents, or the key is that of another sale
  /// @throws org.springframework.dao.DuplicateKeyException if the key is being sold, or was to
  ///   another buyer
  @Transactional
  public Whole sell(Sale sale, Instant now) {
    String buyer = sale.buyer();
    Account account =
        accounts.find(buyer).orElseThrow(() -> Problem.notFound("billing account", buyer));
    if (sale.amount().stripTrailingZeros().scale() > Amounts.digits(account.currency())) {
      throw Problem.invalid("amount", "is not in whole units of " + account.currency());
    }
    String posting = "licence:" + sale.key();
    Invoice before = rows.find(buyer, posting).orElse(null);
    if (before != null) {
      return known(new Whole(before, rows.lines(buyer, before.id())), sale);
    }
    BigDecimal net = Amounts.rounded(sale.amount(), account.currency());
    Line line = new Line("licence", sale.what(), BigDecimal.ONE, net);
    Whole whole = invoicing.make(account, posting, new Period(now, now), List.of(line), now);
    ledger.book(posting, buyer, account.currency(), transfers(account, sale, whole.invoice()));
    return whole;
  }

  private static Whole known(Whole before, Sale sale) {
    Line line = before.lines().getFirst();
    if (!line.description().equals(sale.what()) || line.amount().compareTo(sale.amount()) != 0) {
      throw Problem.conflict("Another sale has this key.");
    }
    return before;
  }

  private List<Transfer> transfers(Account account, Sale sale, Invoice invoice) {
    String tenant = account.tenant();
    String sales = "sales:" + tenant;
    List<Transfer> transfers = new ArrayList<>();
    if (invoice.kind() == Kind.STATEMENT) {
      if (!wallets.pay(tenant, invoice.total())) {
        throw new ProblemException(
            Problem.of(402, "wallet-empty", "The wallet does not have what the licence costs."));
      }
      transfers.add(new Transfer("wallet:" + tenant, sales, invoice.net()));
    } else {
      transfers.add(new Transfer("owed:" + tenant, sales, invoice.net()));
      if (invoice.tax().amount().signum() > 0) {
        transfers.add(
            new Transfer("owed:" + tenant, "tax:" + invoice.tax().code(), invoice.tax().amount()));
      }
    }
    BigDecimal commission = settings.modelCommission();
    Map<String, BigDecimal> weights =
        Map.of(
            "commission",
            commission,
            "payable:" + sale.owner(),
            BigDecimal.ONE.subtract(commission));
    transfers.addAll(RevenueSplit.of(sales, invoice.net(), account.currency(), weights));
    return transfers;
  }
}
