package ai.hartonomous.platform.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.platform.money.Price.AfterFree;
import ai.hartonomous.platform.money.Price.Graduated;
import ai.hartonomous.platform.money.Price.Packages;
import ai.hartonomous.platform.money.Price.PerUnit;
import ai.hartonomous.platform.money.Price.Tier;
import ai.hartonomous.platform.money.Price.Volume;
import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceTest {

  /// 1 to 10 units 5 each and 2 once, 11 to 20 units 3 each and 1 once, then 1 each.
  private static final List<Tier> TIERS =
      List.of(tier(10L, "5", "2"), tier(20L, "3", "1"), tier(null, "1", "0"));

  private static Tier tier(@Nullable Long upTo, String unit, String flat) {
    return new Tier(upTo, new BigDecimal(unit), new BigDecimal(flat));
  }

  @ParameterizedTest(name = "{0} units cost {1}")
  @CsvSource({"0, 0", "1, 7", "10, 52", "11, 56", "20, 83", "21, 84", "100, 163"})
  void graduatedTiersCostEachForItsOwnUnits(long units, String cost) {
    assertThat(new Graduated(TIERS).of(units)).isEqualByComparingTo(cost);
  }

  @ParameterizedTest(name = "{0} units cost {1}")
  @CsvSource({"0, 0", "1, 7", "10, 52", "11, 34", "20, 61", "21, 21", "100, 100"})
  void theVolumeTierOfTheLastUnitCostsForAll(long units, String cost) {
    assertThat(new Volume(TIERS).of(units)).isEqualByComparingTo(cost);
  }

  @ParameterizedTest(name = "{0} units cost {1}")
  @CsvSource({"0, 0", "100, 0", "101, 5", "1100, 5", "1101, 10", "2100, 10", "2101, 15"})
  void packagesAfterFreeUnitsCostWhole(long units, String cost) {
    var price = new AfterFree(100, new Packages(1000, new BigDecimal("5")));

    assertThat(price.of(units)).isEqualByComparingTo(cost);
  }

  @Test
  void tokensCostFractionsOfCentsExactly() {
    assertThat(new PerUnit(new BigDecimal("0.00000015")).of(1_234_567))
        .isEqualByComparingTo("0.18518505");
  }

  @ParameterizedTest(name = "bounds {0} and {1}")
  @CsvSource({"10, 10", "10, 5"})
  void refusesBoundsThatDoNotGrow(long first, long second) {
    assertThatThrownBy(
            () ->
                new Graduated(
                    List.of(tier(first, "1", "0"), tier(second, "1", "0"), tier(null, "1", "0"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void furtherUnitsNeverCostMoreThanTheirBound() {
    List<Price> prices =
        List.of(
            new PerUnit(new BigDecimal("0.3")),
            new Graduated(TIERS),
            new Packages(7, new BigDecimal("2")),
            new AfterFree(13, new Graduated(TIERS)));
    var random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      long before = random.nextLong(60);
      long more = random.nextLong(60);
      for (Price price : prices) {
        BigDecimal cost = price.of(before + more).subtract(price.of(before));
        assertThat(cost)
            .as("%s: %d after %d", price, more, before)
            .isLessThanOrEqualTo(price.atMost(more).orElseThrow());
      }
    }
  }
}
