package ai.hartonomous.platform.money;

import ai.hartonomous.platform.MoneySettings;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.metering.AgentUse;
import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.metering.UsageLog;
import ai.hartonomous.platform.metering.Use;
import ai.hartonomous.platform.money.Invoice.Kind;
import ai.hartonomous.platform.money.Invoice.Line;
import ai.hartonomous.platform.money.Invoice.Tax;
import ai.hartonomous.platform.money.Invoice.Whole;
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
import java.util.Locale;
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
  private final Ledger ledger;
  private final RevenueSplit split;
  private final MoneySettings settings;

  Billing(
      Tenants accounts,
      UsageLog log,
      InvoiceRows rows,
      Ledger ledger,
      RevenueSplit split,
      Settings settings) {
    this.accounts = accounts;
    this.log = log;
    this.rows = rows;
    this.ledger = ledger;
    this.split = split;
    this.settings = settings.money();
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
    Tariff tariff = accounts.tariff(tenant, period.begins());
    Whole whole = make(account, period, posting, lines(tariff, account, total(used)), now);
    rows.insert(whole);
    book(account, whole, tariff, used);
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
            tax(account, net),
            null,
            now);
    return new Whole(invoice, lines);
  }

  private static RuntimeException noAccount(String tenant) {
    return Problem.notFound("billing account", tenant);
  }

  private static Use total(List<AgentUse> used) {
    return used.stream().map(AgentUse::use).reduce(Use.NONE, Use::plus);
  }

  private static BigDecimal sum(List<Line> lines) {
    return lines.stream().map(Line::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static List<Line> lines(Tariff tariff, Account account, Use use) {
    List<Line> lines = new ArrayList<>();
    for (Charge charge : tariff.charges()) {
      long units = charge.item().units(use);
      BigDecimal amount = Amounts.rounded(charge.price().of(units), account.currency());
      lines.add(
          new Line(
              charge.item().text(),
              "%s, %s version %d".formatted(charge.item().text(), tariff.code(), tariff.version()),
              BigDecimal.valueOf(units),
              amount));
    }
    BigDecimal minimum = tariff.minimum();
    BigDecimal net = sum(lines);
    if (minimum != null && account.terms() == Terms.POSTPAID && net.compareTo(minimum) < 0) {
      BigDecimal rest = Amounts.rounded(minimum, account.currency()).subtract(net);
      lines.add(new Line("minimum", "least total of a month", BigDecimal.ONE, rest));
    }
    return lines;
  }

  /// {@return what comes to a sum, by the tenant's rate}
  Tax tax(Account account, BigDecimal net) {
    BigDecimal rate =
        account.taxCode().isEmpty()
            ? BigDecimal.ZERO
            : settings.taxes().getOrDefault(account.taxCode(), BigDecimal.ZERO);
    return new Tax(
        account.taxCode(), rate, Amounts.rounded(net.multiply(rate), account.currency()));
  }

  private void book(Account account, Whole whole, Tariff tariff, List<AgentUse> used) {
    Invoice invoice = whole.invoice();
    String tenant = account.tenant();
    String sales = "sales:" + tenant;
    List<Transfer> transfers = new ArrayList<>();
    if (invoice.kind() == Kind.INVOICE) {
      move(transfers, "owed:" + tenant, sales, invoice.net());
      move(transfers, "owed:" + tenant, "tax:" + invoice.tax().code(), invoice.tax().amount());
    } else {
      // The wallet paid each call exactly; whole cents are divided.
      move(transfers, "rounding", sales, invoice.net().subtract(tariff.of(total(used))));
    }
    Map<AgentUse, BigDecimal> earned = earned(whole.lines(), used, account.currency());
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

  /// {@return what each agent earned: each line is divided by the units of the agents}
  private static Map<AgentUse, BigDecimal> earned(
      List<Line> lines, List<AgentUse> used, String currency) {
    Map<AgentUse, BigDecimal> earned = new LinkedHashMap<>();
    for (Line line : lines) {
      if (line.item().equals("minimum") || line.amount().signum() <= 0) {
        continue;
      }
      Item item = Item.valueOf(line.item().toUpperCase(Locale.ROOT));
      List<BigDecimal> units =
          used.stream().map(it -> BigDecimal.valueOf(item.units(it.use()))).toList();
      List<BigDecimal> parts = Shares.of(line.amount(), units, Amounts.digits(currency));
      for (int i = 0; i < parts.size(); i++) {
        earned.merge(used.get(i), parts.get(i), BigDecimal::add);
      }
    }
    return earned;
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
