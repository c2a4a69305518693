package ai.hartonomous.platform.money;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/// Amounts as a currency counts them.
final class Amounts {

  private Amounts() {}

  /// {@return the digits after the point that a currency has}
  static int digits(String currency) {
    return Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
  }

  /// {@return an amount in whole units of its currency, such as cents; halves to the even one}
  static BigDecimal rounded(BigDecimal amount, String currency) {
    return amount.setScale(digits(currency), RoundingMode.HALF_EVEN);
  }
}
