package ai.hartonomous.platform.money;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Divides an amount by weights so that nothing is lost: each part is rounded down to whole units,
/// and the units that are left go one each to the parts that lost most (Hamilton's method of
/// largest remainders). Of equal remainders the first part wins.
final class Shares {

  private Shares() {}

  /// {@return one part for each weight; they add up to the amount}
  ///
  /// @param amount at least 0, in whole units of `digits`
  /// @param weights at least 0, one of them above
  /// @param digits after the point
  /// @throws IllegalArgumentException if amount or weights are not as said
  static List<BigDecimal> of(BigDecimal amount, List<BigDecimal> weights, int digits) {
    BigDecimal all = weights.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    boolean negative = weights.stream().anyMatch(it -> it.signum() < 0);
    if (amount.signum() < 0 || negative || all.signum() <= 0) {
      throw new IllegalArgumentException("%s by the weights %s".formatted(amount, weights));
    }
    List<BigDecimal> parts = new ArrayList<>();
    List<BigDecimal> lost = new ArrayList<>();
    BigDecimal left = amount.setScale(digits, RoundingMode.UNNECESSARY);
    for (BigDecimal weight : weights) {
      BigDecimal product = amount.multiply(weight);
      BigDecimal part = product.divide(all, digits, RoundingMode.FLOOR);
      parts.add(part);
      lost.add(product.subtract(part.multiply(all), MathContext.UNLIMITED));
      left = left.subtract(part);
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparing(lost::get).reversed());
    BigDecimal unit = BigDecimal.ONE.movePointLeft(digits);
    for (int i = 0; left.signum() > 0; i++) {
      int part = order.get(i);
      parts.set(part, parts.get(part).add(unit));
      left = left.subtract(unit);
    }
    return parts;
  }
}
