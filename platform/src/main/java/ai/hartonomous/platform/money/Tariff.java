package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.Use;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The prices of a period: what was agreed stays, whatever version comes after.
///
/// @param code name of the plan
/// @param version which of its versions
/// @param currency ISO 4217
/// @param minimum least total of a period, or null without one
/// @param charges price of each item; what is not named costs nothing
record Tariff(
    String code, int version, String currency, @Nullable BigDecimal minimum, List<Charge> charges) {

  /// Nothing costs anything.
  static final Tariff FREE = new Tariff("free", 0, "XXX", null, List.of());

  /// Copies the list.
  Tariff(
      String code,
      int version,
      String currency,
      @Nullable BigDecimal minimum,
      List<Charge> charges) {
    this.code = code;
    this.version = version;
    this.currency = currency;
    this.minimum = minimum;
    this.charges = List.copyOf(charges);
  }

  /// {@return whether nothing ever costs anything}
  boolean isFree() {
    return new Rates(charges, minimum).isFree();
  }

  /// {@return what a use costs, without the minimum}
  BigDecimal of(Use use) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Charge charge : charges) {
      sum = sum.add(charge.price().of(charge.item().units(use)));
    }
    return sum;
  }

  /// {@return the most that a use can cost, if there is a bound}
  Optional<BigDecimal> atMost(Use use) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Charge charge : charges) {
      Optional<BigDecimal> most = charge.price().atMost(charge.item().most(use));
      if (most.isEmpty()) {
        return Optional.empty();
      }
      sum = sum.add(most.get());
    }
    return Optional.of(sum);
  }
}
