package ai.hartonomous.platform;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How calls are metered and charged: settings below `hartonomous.money`.
///
/// @param lease how long a node may be silent before its calls count as lost
/// @param agentCommission share of the sales of an agent that the platform keeps, 0 to 1
/// @param modelCommission share of the licences of a model that the platform keeps, 0 to 1
/// @param makerShare share of the rest of an agent's sales that its maker gets, 0 to 1; the owners
///   of its source models get what is left
/// @param taxes rates by tax code, 0.19 for 19 %; a code without a rate is refused
/// @param dueDays days within which an invoice is to be paid
public record MoneySettings(
    @DefaultValue("60s") Duration lease,
    @DefaultValue("0.30") BigDecimal agentCommission,
    @DefaultValue("0.20") BigDecimal modelCommission,
    @DefaultValue("0.50") BigDecimal makerShare,
    @DefaultValue Map<String, BigDecimal> taxes,
    @DefaultValue("30") int dueDays) {

  /// Checks.
  ///
  /// @throws IllegalArgumentException if a share is not 0 to 1, or the lease not above 0
  public MoneySettings {
    taxes = Map.copyOf(taxes);
    if (!lease.isPositive() || dueDays < 0) {
      throw new IllegalArgumentException("hartonomous.money.lease must be above 0");
    }
    share("agent-commission", agentCommission);
    share("model-commission", modelCommission);
    share("maker-share", makerShare);
    taxes.forEach((code, rate) -> share("taxes." + code, rate));
  }

  private static void share(String name, BigDecimal share) {
    if (share.signum() < 0 || share.compareTo(BigDecimal.ONE) > 0) {
      throw new IllegalArgumentException(
          "hartonomous.money.%s must be 0 to 1: %s".formatted(name, share));
    }
  }
}
