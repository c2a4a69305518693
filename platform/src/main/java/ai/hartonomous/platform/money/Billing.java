package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.AgentUse;
import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.metering.UsageLog;
import ai.hartonomous.platform.money.Invoice.Kind;
import ai.hartonomous.platform.money.Invoice.Line;
import ai.hartonomous.platform.money.Invoice.Tax;
import ai.hartonomous.platform.money.Invoice.Whole;
import ai.hartonomous.platform.money.InvoiceParts.Part;
import ai.hartonomous.platform.money.Ledger.Transfer;
import ai.hartonomous.platform.money.Tenants.Account;
import ai.hartonomous.platform.money.Tenants.Terms;
import ai.hartonomous.platform.tenant.Columns;
import ai.hartonomous.platform.web.Problem;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// Bills months. One transaction ends the month's log, makes the invoice and books it; a month that
/// was billed is passed over, whoever asks again and on whichever node.
@Service
class Billing {

  private final Tenants accounts;
  private final UsageLog log;
  private final InvoiceRows rows;
  private final InvoiceParts parts;
  private final Ledger ledger;
  private final RevenueSplit split;

  Billing(
      Tenants accounts,
      UsageLog log,
      InvoiceRows rows,
      InvoiceParts parts,
      Ledger ledger,
      RevenueSplit split) {
    this.accounts = accounts;
    this.log = log;
    this.rows = rows;
    this.parts = parts;
    this.ledger = ledger;
    this.split = split;
  }

  /// {@return the invoice of a month}
  ///
  /// @param tenant who pays
  /// @param month of the tenant's calendar
  /// @param now the time
  /// @throws ai.hartonomous.platform.web.ProblemException if the month is not over, or the tenant
  ///   has no account
  @Transactional
  Whole close(String tenant, YearMonth month, Instant now) {
    Account account = accounts.find(tenant).orElseThrow(() -> noAccount(tenant));
    Period period = account.period(month);
    if (period.ends().isAfter(now)) {
      throw Problem.invalid("month", "is not over for this tenant");
    }
    List<AgentUse> used = log.end(tenant, period); // from here on this transaction is alone
    String posting = "invoice:%s:%s".formatted(tenant, month);
    Invoice before = rows.find(tenant, posting).orElse(null);
    if (before != null) {
      return new Whole(before, rows.lines(tenant, before.id()));
    }
    List<Part> billed = parts.of(account, period, used);
    List<Line> lines = billed.stream().flatMap(it -> it.lines().stream()).toList();
    Whole whole = make(account, period, posting, lines, now);
    rows.insert(whole);
    book(account, whole, billed);
    return whole;
  }

  private Whole make(
      Account account, Period period, String posting, List<Line> lines, Instant now) {
    BigDecimal net = sum(lines);
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
            parts.tax(account, net),
            null,
            now);
    return new Whole(invoice, lines);
  }

  private static RuntimeException noAccount(String tenant) {
    return Problem.notFound("billing account", tenant);
  }

  private static BigDecimal sum(List<Line> lines) {
    return lines.stream().map(Line::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /// {@return what comes to a sum, by the tenant's rate}
  Tax tax(Account account, BigDecimal net) {
    return parts.tax(account, net);
  }

  private void book(Account account, Whole whole, List<Part> billed) {
    Invoice invoice = whole.invoice();
    String tenant = account.tenant();
    String sales = "sales:" + tenant;
    List<Transfer> transfers = new ArrayList<>();
    if (invoice.kind() == Kind.INVOICE) {
      move(transfers, "owed:" + tenant, sales, invoice.net());
      move(transfers, "owed:" + tenant, "tax:" + invoice.tax().code(), invoice.tax().amount());
    } else {
      // The wallet paid each call exactly; whole cents are divided.
      BigDecimal exact = billed.stream().map(Part::exact).reduce(BigDecimal.ZERO, BigDecimal::add);
      move(transfers, "rounding", sales, invoice.net().subtract(exact));
    }
    Map<AgentUse, BigDecimal> earned = new LinkedHashMap<>();
    billed.forEach(it -> earned.putAll(it.earned(account.currency())));
    BigDecimal rest = invoice.net();
    for (var sale : earned.entrySet()) {
      if (sale.getValue().signum() > 0) {
        transfers.addAll(split.of(sales, sale.getValue(), account.currency(), sale.getKey()));
        rest = rest.subtract(sale.getValue());
      }
    }
    move(transfers, sales, "commission", rest); // a minimum that no agent has earned
    ledger.book(invoice.posting(), tenant, account.currency(), transfers);
  }

  private static void move(
      List<Transfer> transfers, String source, String target, BigDecimal amount) {
    if (amount.signum() != 0) {
      var transfer =
          amount.signum() > 0
              ? new Transfer(source, target, amount)
              : new Transfer(/* source= */ target, /* target= */ source, amount.negate());
      transfers.add(transfer);
    }
  }

  /// {@return the credit note that takes an invoice back, and with it every share of it}
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException if there is no such invoice, or it is a
  ///   credit note itself
  @Transactional
  Whole credit(String tenant, UUID id, Instant now) {
    Invoice original = rows.find(tenant, id).orElseThrow(() -> Problem.notFound("invoice", id));
    if (original.kind() != Kind.INVOICE) {
      throw Problem.conflict("Only an invoice can be taken back.");
    }
    Account account = accounts.find(tenant).orElseThrow(() -> noAccount(tenant));
    String posting = "credit:" + original.posting();
    Invoice before = rows.find(tenant, posting).orElse(null);
    if (before != null) {
      return new Whole(before, rows.lines(tenant, before.id()));
    }
    var note =
        new Invoice(
            Columns.id(),
            tenant,
            posting,
            Kind.CREDIT_NOTE,
            rows.next(tenant, now.atZone(account.zone()).getYear()),
            original.currency(),
            original.begins(),
            original.ends(),
            original.net().negate(),
            original.tax().negated(),
            original.id(),
            now);
    var whole = new Whole(note, rows.lines(tenant, id).stream().map(Line::negated).toList());
    rows.insert(whole);
    ledger.book(
        posting,
        tenant,
        original.currency(),
        ledger.of(original.posting()).stream().map(Transfer::back).toList());
    return whole;
  }
}
