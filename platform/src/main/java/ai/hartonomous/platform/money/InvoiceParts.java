package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.AgentUse;
import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.metering.UsageEvent.Agent;
import ai.hartonomous.platform.metering.Use;
import ai.hartonomous.platform.money.Invoice.Line;
import ai.hartonomous.platform.money.OfferHolders.Holding;
import ai.hartonomous.platform.money.Offers.Offer;
import ai.hartonomous.platform.money.Tenants.Account;
import ai.hartonomous.platform.money.Tenants.Terms;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Prices what a tenant used in a month: all by its plan, but agents that have prices of their own
/// by these.
@Component
class InvoiceParts {

  private static final String MINIMUM = "minimum";

  private final Tenants accounts;
  private final Offers offers;
  private final OfferHolders holders;

  InvoiceParts(Tenants accounts, Offers offers, OfferHolders holders) {
    this.accounts = accounts;
    this.offers = offers;
    this.holders = holders;
  }

  /// What is billed by one tariff.
  ///
  /// @param tariff the prices
  /// @param offer what these are of, or null for the tenant's plan
  /// @param used the agents; of an offer its own alone
  /// @param lines what they cost, in cents
  record Part(Tariff tariff, @Nullable Offer offer, List<AgentUse> used, List<Line> lines) {

    /// {@return the exact price, before lines are rounded}
    BigDecimal exact() {
      return tariff.of(total(used));
    }

    /// {@return what each agent earned: each line is divided by the units of the agents. The
    /// minimum of an offer is its agent's, that of a plan nobody's.}
    Map<AgentUse, BigDecimal> earned(String currency) {
      Map<AgentUse, BigDecimal> earned = new LinkedHashMap<>();
      for (Line line : lines) {
        if (line.amount().signum() <= 0) {
          continue;
        }
        if (line.item().equals(MINIMUM)) {
          if (offer != null) {
            earned.merge(used.getFirst(), line.amount(), BigDecimal::add);
          }
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

  /// {@return a part for the tenant's plan, and one for each agent that has a price of its own and
  /// was used, or owes a minimum. To be called by who holds the end of the tenant's log.}
  List<Part> of(Account account, Period period, List<AgentUse> used) {
    Map<UUID, List<Holding>> held =
        holders.held(account.tenant(), period).stream()
            .collect(
                Collectors.groupingBy(Holding::offer, LinkedHashMap::new, Collectors.toList()));
    List<Part> offered = new ArrayList<>();
    List<AgentUse> others = new ArrayList<>();
    for (AgentUse use : used) {
      Offer offer = offers.find(use.agent().id()).orElse(null);
      if (offer == null) {
        others.add(use);
        continue;
      }
      List<Holding> here = held.remove(offer.id());
      offered.add(part(account, period, offer, use, here == null ? List.of() : here));
    }
    held.forEach((id, here) -> unused(account, period, id, here).ifPresent(offered::add));
    Tariff plan = accounts.tariff(account.tenant(), period.begins());
    List<Line> lines = lines(plan, account, total(others), "%s, " + plan.code() + " version %d");
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(plan, null, others, withMinimum(plan, account, lines)));
    parts.addAll(offered);
    return parts;
  }

  private Part part(Account account, Period period, Offer offer, AgentUse use, List<Holding> held) {
    Tariff price = offers.fixed(offer, account.tenant(), period.begins());
    List<Line> lines =
        new ArrayList<>(lines(price, account, use.use(), offer.name() + ": %s, price version %d"));
    lines.addAll(minimum(price, account, Minimum.of(held, period, account.zone()), sum(lines)));
    return new Part(price, offer, List.of(use), lines);
  }

  /// {@return what is owed for an offer that nobody asked}
  private Optional<Part> unused(Account account, Period period, UUID id, List<Holding> held) {
    Offer offer = offers.find(id).orElse(null);
    if (offer == null) {
      return Optional.empty();
    }
    Tariff price = offers.fixed(offer, account.tenant(), period.begins());
    Minimum share = Minimum.of(held, period, account.zone());
    List<Line> lines = minimum(price, account, share, BigDecimal.ZERO);
    var nothing = new AgentUse(new Agent(offer.id(), offer.name()), account.tenant(), Use.NONE);
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(new Part(price, offer, List.of(nothing), lines));
  }

  /// {@return the line that is missing to the minimum of an offer, if any. Who pays before owes
  /// none: nothing is taken from a wallet but for calls.}
  private static List<Line> minimum(Tariff price, Account account, Minimum share, BigDecimal used) {
    BigDecimal month = price.minimum();
    if (month == null || account.terms() != Terms.POSTPAID) {
      return List.of();
    }
    BigDecimal rest = share.of(month, account.currency()).subtract(used);
    String text =
        "%s: least price of %s, price version %d"
            .formatted(price.code(), share.text(), price.version());
    return rest.signum() > 0 ? List.of(new Line(MINIMUM, text, BigDecimal.ONE, rest)) : List.of();
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
    more.add(new Line(MINIMUM, "least total of a month", BigDecimal.ONE, rest));
    return more;
  }

  private static BigDecimal sum(List<Line> lines) {
    return lines.stream().map(Line::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
