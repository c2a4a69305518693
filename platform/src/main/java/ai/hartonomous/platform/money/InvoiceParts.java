package ai.hartonomous.platform.money;

import ai.hartonomous.platform.MoneySettings;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.metering.AgentUse;
import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.metering.Use;
import ai.hartonomous.platform.money.Invoice.Line;
import ai.hartonomous.platform.money.Invoice.Tax;
import ai.hartonomous.platform.money.Offers.Offer;
import ai.hartonomous.platform.money.Tenants.Account;
import ai.hartonomous.platform.money.Tenants.Terms;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/// Prices what a tenant used in a month: all by its plan, but agents that have prices of their own
/// by these.
@Component
class InvoiceParts {

  private final Tenants accounts;
  private final Offers offers;
  private final MoneySettings settings;

  InvoiceParts(Tenants accounts, Offers offers, Settings settings) {
    this.accounts = accounts;
    this.offers = offers;
    this.settings = settings.money();
  }

  /// What is billed by one tariff.
  ///
  /// @param tariff the prices
  /// @param used the agents
  /// @param lines what they cost, in cents
  record Part(Tariff tariff, List<AgentUse> used, List<Line> lines) {

    /// {@return the exact price, before lines are rounded}
    BigDecimal exact() {
      return tariff.of(total(used));
    }

    /// {@return what each agent earned: each line is divided by the units of the agents}
    Map<AgentUse, BigDecimal> earned(String currency) {
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
  }

  /// {@return a part for the tenant's plan, and one for each agent that has a price of its own}
  List<Part> of(Account account, Period period, List<AgentUse> used) {
    List<Part> offered = new ArrayList<>();
    List<AgentUse> others = new ArrayList<>();
    for (AgentUse use : used) {
      Offer offer = offers.find(use.agent().id()).orElse(null);
      if (offer == null) {
        others.add(use);
        continue;
      }
      Tariff price = offers.tariff(offer, account.tenant(), period.begins());
      List<Line> lines = lines(price, account, use.use(), offer.name() + ": %s, price version %d");
      offered.add(new Part(price, List.of(use), lines));
    }
    Tariff plan = accounts.tariff(account.tenant(), period.begins());
    List<Line> lines = lines(plan, account, total(others), "%s, " + plan.code() + " version %d");
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(plan, others, withMinimum(plan, account, lines)));
    parts.addAll(offered);
    return parts;
  }

  /// {@return what comes to a net sum}
  Tax tax(Account account, BigDecimal net) {
    BigDecimal rate =
        account.taxCode().isEmpty()
            ? BigDecimal.ZERO
            : settings.taxes().getOrDefault(account.taxCode(), BigDecimal.ZERO);
    return new Tax(
        account.taxCode(), rate, Amounts.rounded(net.multiply(rate), account.currency()));
  }

  private static Use total(List<AgentUse> used) {
    return used.stream().map(AgentUse::use).reduce(Use.NONE, Use::plus);
  }

  /// @param text names of item and version are put into it
  private static List<Line> lines(Tariff tariff, Account account, Use use, String text) {
    List<Line> lines = new ArrayList<>();
    for (Charge charge : tariff.charges()) {
      long units = charge.item().units(use);
      BigDecimal amount = Amounts.rounded(charge.price().of(units), account.currency());
      lines.add(
          new Line(
              charge.item().text(),
              text.formatted(charge.item().text(), tariff.version()),
              BigDecimal.valueOf(units),
              amount));
    }
    return lines;
  }

  /// {@return lines that are at least the minimum of a plan together}
  private static List<Line> withMinimum(Tariff plan, Account account, List<Line> lines) {
    BigDecimal minimum = plan.minimum();
    BigDecimal net = sum(lines);
    if (minimum == null || account.terms() != Terms.POSTPAID || net.compareTo(minimum) >= 0) {
      return lines;
    }
    BigDecimal rest = Amounts.rounded(minimum, account.currency()).subtract(net);
    List<Line> more = new ArrayList<>(lines);
    more.add(new Line("minimum", "least total of a month", BigDecimal.ONE, rest));
    return more;
  }

  private static BigDecimal sum(List<Line> lines) {
    return lines.stream().map(Line::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
