package ai.hartonomous.platform.money;

import ai.hartonomous.platform.MoneySettings;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.agent.Agents;
import ai.hartonomous.platform.metering.AgentUse;
import ai.hartonomous.platform.money.Ledger.Transfer;
import ai.hartonomous.platform.tenant.Tenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;

/// Divides what an agent earned: the platform keeps its commission; of the rest the maker of the
/// agent gets a part, and the owners of the models that it was made of get what is left, by the
/// weights in its manifest. All parts are rounded together, so that they add up to the cent.
@Component
class RevenueSplit {

  private final MoneySettings settings;
  private final Offers offers;
  private final Agents agents;

  RevenueSplit(Settings settings, Offers offers, Agents agents) {
    this.settings = settings.money();
    this.offers = offers;
    this.agents = agents;
  }

  /// {@return the transfers that divide a sale}
  ///
  /// @param account where the money is
  /// @param amount above 0, in whole cents
  /// @param currency ISO 4217
  /// @param agent what earned it
  List<Transfer> of(String account, BigDecimal amount, String currency, AgentUse agent) {
    Map<String, BigDecimal> weights =
        offers
            .find(agent.agent().id())
            .map(it -> weights(settings, it.seller(), it.owners()))
            .orElseGet(() -> weights(settings, agent.owner(), owners(agent)));
    return of(account, amount, currency, weights);
  }

  /// {@return the weight of each account}
  static Map<String, BigDecimal> weights(
      MoneySettings settings, String maker, Map<String, BigDecimal> owners) {
    Map<String, BigDecimal> weights = new TreeMap<>();
    BigDecimal all = owners.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal rest = BigDecimal.ONE.subtract(settings.agentCommission());
    BigDecimal made = owners.isEmpty() ? BigDecimal.ONE : settings.makerShare();
    // Times the sum of the owners' weights, so that nothing has to be divided before it is rounded.
    BigDecimal scale = owners.isEmpty() ? BigDecimal.ONE : all;
    weights.put("commission", settings.agentCommission().multiply(scale));
    weights.merge("payable:" + maker, rest.multiply(made).multiply(scale), BigDecimal::add);
    BigDecimal sources = rest.multiply(BigDecimal.ONE.subtract(made));
    owners.forEach(
        (owner, weight) ->
            weights.merge("payable:" + owner, sources.multiply(weight), BigDecimal::add));
    return weights;
  }

  static List<Transfer> of(
      String account, BigDecimal amount, String currency, Map<String, BigDecimal> weights) {
    List<String> accounts = List.copyOf(weights.keySet());
    List<BigDecimal> parts =
        Shares.of(amount, List.copyOf(weights.values()), Amounts.digits(currency));
    List<Transfer> transfers = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).signum() > 0) {
        transfers.add(new Transfer(account, accounts.get(i), parts.get(i)));
      }
    }
    return transfers;
  }

  /// {@return weights of the owners of an agent's sources; nothing if the agent is gone}
  private Map<String, BigDecimal> owners(AgentUse agent) {
    var found = new AtomicReference<Map<String, BigDecimal>>(Map.of());
    Tenant.as(
        agent.owner(),
        () ->
            agents
                .find(agent.agent().id())
                .ifPresent(
                    it -> {
                      try {
                        found.set(Lineage.of(it.folder()));
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    }));
    return found.get();
  }
}
