package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.Use;
import ai.hartonomous.platform.money.Tenants.Account;
import ai.hartonomous.platform.money.Tenants.Terms;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// What users sell to others, each with prices of its own. A tenant's period keeps the price that
/// it began with: what it agreed to when it began to use the offer, or else the latest price from
/// before the period.
@Service
public class Offers {

  static final String NO_ACCOUNT =
      "Who pays has no billing account; an administrator makes one with PUT /v1/admin/billing.";

  private static final Use ONE_OF_EACH = new Use(1, 0, 1, 1, 0);

  private final OfferRows rows;
  private final Tenants accounts;

  Offers(OfferRows rows, Tenants accounts) {
    this.rows = rows;
    this.accounts = accounts;
  }

  /// What is sold.
  ///
  /// @param id its id, which is that of the agent in the log of usage
  /// @param seller who is paid
  /// @param name as invoices call it
  /// @param currency ISO 4217
  /// @param owners weights of the owners of its source models
  record Offer(
      UUID id, String seller, String name, String currency, Map<String, BigDecimal> owners) {}

  /// A version of a price.
  ///
  /// @param version counts from 1
  /// @param created periods that begin after this moment have it
  /// @param currency ISO 4217
  /// @param rates what it costs
  public record PriceVersion(int version, Instant created, String currency, Rates rates) {}

  /// Begins to sell something of the user.
  ///
  /// @param id id of the agent
  /// @param name as invoices call it
  /// @param currency ISO 4217, which never changes
  /// @param rates the first price
  /// @param folder of the agent; its manifest says whose models it was made of
  /// @throws IOException if the manifest cannot be read
  @Transactional(rollbackFor = IOException.class)
  public void open(UUID id, String name, String currency, Rates rates, Path folder)
      throws IOException {
    String seller = Tenant.current();
    rows.insert(new Offer(id, seller, name, currency, Lineage.of(folder)));
    rows.insert(id, seller, 1, rates);
  }

  /// Changes the price of something that the user sells, for periods that begin after now.
  ///
  /// @param id its id
  /// @param rates what it costs then
  /// @return the new version
  /// @throws ai.hartonomous.platform.web.ProblemException if the user sells nothing like that, or
  ///   another change came at the same time
  @Transactional
  public PriceVersion change(UUID id, Rates rates) {
    Offer offer =
        find(id)
            .filter(it -> it.seller().equals(Tenant.current()))
            .orElseThrow(() -> Problem.notFound("offer", id));
    int version = latest(offer).version() + 1;
    try {
      rows.insert(id, offer.seller(), version, rates);
    } catch (DuplicateKeyException _) {
      throw Problem.conflict("The price was changed at the same time.");
    }
    return latest(offer);
  }

  /// {@return all versions of a price, the first first}
  ///
  /// @param id what is sold
  public List<PriceVersion> prices(UUID id) {
    return find(id).map(it -> rows.prices(it.id(), it.currency())).orElse(List.of());
  }

  /// Agrees to the latest price on behalf of a tenant, from now on.
  ///
  /// @param id what is sold
  /// @param tenant who pays
  /// @param now the time
  /// @throws ai.hartonomous.platform.web.ProblemException with status 422 if the tenant has no
  ///   account, or one that cannot pay such a price
  @Transactional
  public void accept(UUID id, String tenant, Instant now) {
    Offer offer = find(id).orElseThrow(() -> Problem.notFound("offer", id));
    PriceVersion price = latest(offer);
    requirePayable(tariff(offer, price), accounts.find(tenant).orElse(null));
    Instant begins = accounts.period(tenant, now).begins();
    if (rows.term(id, tenant, begins).isEmpty()) {
      rows.insertTerm(id, tenant, begins, price.version());
    }
  }

  private static void requirePayable(Tariff tariff, @Nullable Account account) {
    if (tariff.isFree()) {
      return;
    }
    if (account == null) {
      throw Problem.unprocessable("no-billing-account", NO_ACCOUNT);
    }
    if (!account.currency().equals(tariff.currency())) {
      throw Problem.unprocessable(
          "other-currency",
          "The price is in %s, the account in %s."
              .formatted(tariff.currency(), account.currency()));
    }
    if (account.terms() == Terms.PREPAID && tariff.atMost(ONE_OF_EACH).isEmpty()) {
      throw Problem.unprocessable(
          "price-unbounded", "Paying before needs prices that bound what a call costs.");
    }
    BigDecimal minimum = tariff.minimum();
    if (account.terms() == Terms.PREPAID && minimum != null && minimum.signum() > 0) {
      throw Problem.unprocessable(
          "minimum-is-owed", "A price with a minimum is for who is billed after the month.");
    }
  }

  /// {@return the version of a price that a tenant's present period has}
  ///
  /// @param id what is sold
  /// @param tenant who pays
  public Optional<PriceVersion> present(UUID id, String tenant) {
    Instant begins = accounts.period(tenant, Instant.now()).begins();
    return find(id).map(it -> price(it, tenant, begins));
  }

  Optional<Offer> find(UUID id) {
    return rows.find(id);
  }

  /// {@return the price of a tenant's period}
  Tariff tariff(Offer offer, String tenant, Instant begins) {
    return tariff(offer, price(offer, tenant, begins));
  }

  /// {@return the price of a tenant's period, which from now on never changes. To be called by who
  /// holds the end of the tenant's log.}
  Tariff fixed(Offer offer, String tenant, Instant begins) {
    PriceVersion price = price(offer, tenant, begins);
    if (rows.term(offer.id(), tenant, begins).isEmpty()) {
      rows.insertTerm(offer.id(), tenant, begins, price.version());
    }
    return tariff(offer, price);
  }

  private PriceVersion price(Offer offer, String tenant, Instant begins) {
    List<PriceVersion> all = rows.prices(offer.id(), offer.currency());
    Optional<Integer> agreed = rows.term(offer.id(), tenant, begins);
    return all.stream()
        .filter(
            it -> agreed.isPresent() ? it.version() == agreed.get() : it.created().isBefore(begins))
        .max(Comparator.comparingInt(PriceVersion::version))
        .orElse(all.getFirst());
  }

  private PriceVersion latest(Offer offer) {
    return rows.prices(offer.id(), offer.currency()).getLast();
  }

  private static Tariff tariff(Offer offer, PriceVersion price) {
    return new Tariff(
        offer.name(),
        price.version(),
        offer.currency(),
        price.rates().minimum(),
        price.rates().charges());
  }
}
