package ai.hartonomous.platform.money;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;

/// Amounts as a currency counts them.
public final class Amounts {

  private Amounts() {}

  /// {@return the digits after the point that a currency has}
  ///
  /// @param currency ISO 4217
  public static int digits(String currency) {
    return Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
  }

  /// {@return an amount of whole units of its currency with all the digits that the currency has}
  ///
  /// @param amount in whole units
  /// @param currency ISO 4217
  /// @throws ArithmeticException if it is not in whole units
  public static String text(BigDecimal amount, String currency) {
    return amount.setScale(digits(currency), RoundingMode.UNNECESSARY).toPlainString();
  }

  /// {@return an amount in whole units of its currency, such as cents; halves to the even one}
  ///
  /// @param amount any
  /// @param currency ISO 4217
  public static BigDecimal rounded(BigDecimal amount, String currency) {
    return amount.setScale(digits(currency), RoundingMode.HALF_EVEN);
  }
}
