package ai.hartonomous.platform;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
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
/// @param billMonths whether months are billed by themselves when they have ended
/// @param payouts how owners get their money
/// @param payments the payment provider
/// @param seller who the invoices are from
public record MoneySettings(
    @DefaultValue("60s") Duration lease,
    @DefaultValue("0.30") BigDecimal agentCommission,
    @DefaultValue("0.20") BigDecimal modelCommission,
    @DefaultValue("0.50") BigDecimal makerShare,
    @DefaultValue Map<String, BigDecimal> taxes,
    @DefaultValue("30") int dueDays,
    @DefaultValue("true") boolean billMonths,
    @DefaultValue Payouts payouts,
    @DefaultValue PaymentSettings payments,
    @DefaultValue Seller seller) {

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

  /// How owners get their money.
  ///
  /// @param minimum least amount that is paid out, in the unit of the currency
  /// @param name holder of the account that payouts leave, as its bank knows them
  /// @param iban that account; never logged or shown
  /// @param bic its bank, or empty
  public record Payouts(
      @DefaultValue("10") BigDecimal minimum,
      @DefaultValue("") String name,
      @DefaultValue("") String iban,
      @DefaultValue("") String bic) {

    /// {@return the settings without the account}
    @Override
    public String toString() {
      return "Payouts[minimum=%s, name=%s]".formatted(minimum.toPlainString(), name);
    }
  }

  /// Who the invoices are from.
  ///
  /// @param name company
  /// @param address lines of it
  /// @param taxId number for value added tax, or empty
  public record Seller(
      @DefaultValue("Hartonomous") String name,
      @DefaultValue List<String> address,
      @DefaultValue("") String taxId) {

    /// Copies the list.
    public Seller {
      address = List.copyOf(address);
    }
  }
}
