package ai.hartonomous.platform.money;

import ai.hartonomous.platform.MoneySettings;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.money.Invoice.Kind;
import ai.hartonomous.platform.money.Invoice.Line;
import ai.hartonomous.platform.money.Invoice.Tax;
import ai.hartonomous.platform.money.Invoice.Whole;
import ai.hartonomous.platform.money.Tenants.Account;
import ai.hartonomous.platform.money.Tenants.Terms;
import ai.hartonomous.platform.tenant.Columns;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/// Makes invoices with the next number of their tenant: what is to be paid, or for who pays before
/// a statement of what the wallet paid.
@Component
class Invoicing {

  private final InvoiceRows rows;
  private final MoneySettings settings;

  Invoicing(InvoiceRows rows, Settings settings) {
    this.rows = rows;
    this.settings = settings.money();
  }

  /// Makes and stores an invoice. Who calls books it in the same transaction.
  ///
  /// @param account who pays
  /// @param posting its key in the ledger
  /// @param period what is billed
  /// @param lines in whole cents
  /// @param now the time
  Whole make(Account account, String posting, Period period, List<Line> lines, Instant now) {
    BigDecimal net = lines.stream().map(Line::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    var invoice =
        new Invoice(
            Columns.id(),
            account.tenant(),
            posting,
            account.terms() == Terms.PREPAID ? Kind.STATEMENT : Kind.INVOICE,
            rows.next(account.tenant(), now.atZone(account.zone()).getYear()),
            account.currency(),
            period.begins(),
            period.ends(),
            net,
            tax(account, net),
            null,
            now);
    var whole = new Whole(invoice, lines);
    rows.insert(whole);
    return whole;
  }

  private Tax tax(Account account, BigDecimal net) {
    BigDecimal rate =
        account.taxCode().isEmpty()
            ? BigDecimal.ZERO
            : settings.taxes().getOrDefault(account.taxCode(), BigDecimal.ZERO);
    return new Tax(
        account.taxCode(), rate, Amounts.rounded(net.multiply(rate), account.currency()));
  }
}
