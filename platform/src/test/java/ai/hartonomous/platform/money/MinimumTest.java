package ai.hartonomous.platform.money;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.money.OfferHolders.Holding;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MinimumTest {

  private static Period month(String month, ZoneId zone) {
    YearMonth of = YearMonth.parse(month);
    return new Period(
        of.atDay(1).atStartOfDay(zone).toInstant(),
        of.plusMonths(1).atDay(1).atStartOfDay(zone).toInstant());
  }

  /// {@return the share of subscriptions such as `2026-11-16T10:00:00Z/` and `A/B;C/D`}
  private static Minimum share(String month, String zone, String held) {
    List<Holding> all = new ArrayList<>();
    for (String one : held.split(";", -1)) {
      String[] ends = one.split("/", -1);
      all.add(
          new Holding(
              new UUID(1, 1),
              Instant.parse(ends[0]),
              ends[1].isEmpty() ? null : Instant.parse(ends[1])));
    }
    return Minimum.of(all, month(month, ZoneId.of(zone)), ZoneId.of(zone));
  }

  /// The second line is the example of the documentation.
  @ParameterizedTest(name = "{0} {1} {2}: {3} days, {4}")
  @CsvSource({
    "2026-11, UTC, 2026-10-07T00:00:00Z/, 30, 30.00",
    "2026-11, UTC, 2026-11-16T10:00:00Z/, 15, 15.00",
    "2026-11, UTC, 2026-11-30T23:59:59.999999Z/, 1, 1.00",
    "2026-11, UTC, 2026-12-01T00:00:00Z/, 0, 0.00",
    "2026-11, UTC, 2026-10-07T00:00:00Z/2026-11-01T00:00:00Z, 0, 0.00",
    "2026-11, UTC, 2026-10-07T00:00:00Z/2026-11-02T00:00:00Z, 1, 1.00",
    "2026-11, UTC, 2026-10-07T00:00:00Z/2026-11-02T00:00:00.000001Z, 2, 2.00",
    "2026-11, UTC, 2026-11-05T01:00:00Z/2026-11-05T02:00:00Z;2026-11-05T03:00:00Z/, 26, 26.00",
    "2026-11, UTC, 2026-11-01T00:00:00Z/2026-11-03T00:00:00Z;2026-11-29T00:00:00Z/, 4, 4.00",
    "2026-10, UTC, 2026-10-21T00:00:00Z/, 11, 10.65",
    "2028-02, UTC, 2028-02-29T12:00:00Z/, 1, 1.03",
    "2027-02, UTC, 2027-02-15T00:00:00Z/, 14, 15.00",
    "2026-11, Europe/Warsaw, 2026-11-15T23:30:00Z/, 15, 15.00",
    "2026-10, Europe/Warsaw, 2026-10-24T22:00:00Z/2026-10-25T23:00:00Z, 1, 0.97",
  })
  void countsDaysOfTheTenantsCalendar(
      String month, String zone, String held, int days, BigDecimal owed) {
    Minimum share = share(month, zone, held);

    assertThat(share.days()).isEqualTo(days);
    assertThat(share.of(new BigDecimal("30"), "EUR")).isEqualTo(owed);
  }

  @Test
  void roundsHalvesToTheEvenCentAndKnowsCurrencies() {
    var half = new Minimum(15, 30);

    assertThat(half.of(new BigDecimal("0.01"), "EUR")).isEqualTo(new BigDecimal("0.00"));
    assertThat(half.of(new BigDecimal("0.03"), "EUR")).isEqualTo(new BigDecimal("0.02"));
    assertThat(half.of(new BigDecimal("101"), "JPY")).isEqualTo(new BigDecimal("50"));
    assertThat(half.text()).isEqualTo("15 of 30 days");
    assertThat(new Minimum(31, 31).text()).isEqualTo("a month");
  }
}
