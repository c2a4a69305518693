package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.Use;
import ai.hartonomous.platform.web.Problem;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What something costs that is sold apart from plans.
///
/// @param charges price of each item; what is not named costs nothing
/// @param minimum least price of a whole month, used or not; none if null
public record Rates(List<Charge> charges, @Nullable BigDecimal minimum) {

  /// What the reference price is of.
  private static final Use REFERENCE = new Use(1_000_000, 0, 1_000_000, 1_000, 0);

  /// Copies the list.
  ///
  /// @param charges price of each item
  /// @param minimum least price of a whole month, or null
  public Rates(List<Charge> charges, @Nullable BigDecimal minimum) {
    this.charges = List.copyOf(charges);
    this.minimum = minimum;
  }

  /// {@return whether nothing ever costs anything}
  public boolean isFree() {
    BigDecimal least = minimum;
    return (least == null || least.signum() == 0) && charges.stream().allMatch(Charge::isFree);
  }

  /// {@return what a million tokens in, a million out and a thousand requests of one month cost, a
  /// figure to compare prices by}
  ///
  /// @param currency ISO 4217
  /// @throws ai.hartonomous.platform.web.ProblemException if currency, charges or minimum are none
  public BigDecimal reference(String currency) {
    try {
      var _ = Currency.getInstance(currency);
    } catch (IllegalArgumentException _) {
      throw Problem.invalid("price.currency", "is no currency of ISO 4217");
    }
    if (charges.stream().map(Charge::item).distinct().count() < charges.size()) {
      throw Problem.invalid("price.charges", "name an item twice");
    }
    BigDecimal used = new Tariff("", 0, currency, null, charges).of(REFERENCE);
    BigDecimal least = minimum;
    if (least == null) {
      return used;
    }
    if (least.stripTrailingZeros().scale() > Amounts.digits(currency)) {
      throw Problem.invalid("price.minimum", "is not in whole units of " + currency);
    }
    return used.max(least);
  }
}
