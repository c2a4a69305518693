package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.Charging;
import ai.hartonomous.platform.metering.Use;
import ai.hartonomous.platform.money.Offers.Offer;
import ai.hartonomous.platform.money.Tenants.Terms;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/// Charges calls by the prices of who pays for them.
@Component
class PlanCharging implements Charging {

  private final Tenants accounts;
  private final Offers offers;
  private final Wallets wallets;

  PlanCharging(Tenants accounts, Offers offers, Wallets wallets) {
    this.accounts = accounts;
    this.offers = offers;
    this.wallets = wallets;
  }

  @Override
  public String tenant(String user) {
    return accounts.tenant(user);
  }

  @Override
  public Period period(String tenant, Instant moment) {
    return accounts.period(tenant, moment);
  }

  @Override
  public Instant begins(String tenant, ChronoUnit unit, Instant moment) {
    return accounts.calendar(tenant).begins(unit, moment);
  }

  @Override
  public boolean isOffered(UUID agent) {
    return offers.find(agent).isPresent();
  }

  @Override
  public Optional<BigDecimal> most(String tenant, UUID agent, Period period, Use use) {
    Offer offer = offers.find(agent).orElse(null);
    if (offer == null) {
      return accounts.tariff(tenant, period.begins()).atMost(use);
    }
    Tariff tariff = offers.tariff(offer, tenant, period.begins());
    if (accounts.find(tenant).isEmpty() && !tariff.isFree()) {
      throw new ProblemException(Problem.of(402, "no-billing-account", Offers.NO_ACCOUNT));
    }
    return tariff.atMost(use);
  }

  @Override
  public void hold(
      String tenant, String user, UUID call, Period period, Optional<BigDecimal> most) {
    if (!paysBefore(tenant, period)) {
      return;
    }
    BigDecimal amount =
        most.orElseThrow(
            () ->
                Problem.unprocessable(
                    "price-unbounded", "Paying before needs prices that bound what a call costs."));
    if (amount.signum() > 0 && !wallets.hold(tenant, user, call, amount)) {
      throw new ProblemException(
          Problem.of(402, "wallet-empty", "The wallet does not have what this call may cost."));
    }
  }

  @Override
  public boolean take(String tenant, UUID call, Period period, Price price) {
    if (paysBefore(tenant, period)) {
      return wallets.take(tenant, call, price.amount(), price.currency());
    }
    wallets.release(call);
    return true;
  }

  private boolean paysBefore(String tenant, Period period) {
    return accounts
        .find(tenant, period.begins())
        .filter(it -> it.terms() == Terms.PREPAID)
        .isPresent();
  }

  @Override
  public void release(UUID call) {
    wallets.release(call);
  }

  @Override
  public Price price(String tenant, UUID agent, Period period, Use before, Use use) {
    Tariff tariff =
        offers
            .find(agent)
            .map(it -> offers.fixed(it, tenant, period.begins()))
            .orElseGet(() -> accounts.tariff(tenant, period.begins()));
    BigDecimal amount = tariff.of(before.plus(use)).subtract(tariff.of(before));
    return new Price(amount, tariff.currency());
  }
}
