package ai.hartonomous.platform.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalendarTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private static Instant month(YearMonth month, ZoneId zone) {
    return month.atDay(1).atStartOfDay(zone).toInstant();
  }

  @Test
  void theMonthThatRunsEndsInTheLaterOfBothZones() {
    var since = Instant.parse("2027-01-31T20:00:00Z"); // on the islands it is February
    var east = new Calendar(ZoneId.of("Pacific/Kiritimati"), since);
    var west = new Calendar(ZoneId.of("Etc/GMT+12"), since);

    assertMonths(east, "2027-02-01T00:00:00Z", "2027-01-31T10:00:00Z", "2027-02-28T10:00:00Z");
    assertMonths(west, "2027-02-01T12:00:00Z", "2027-02-01T12:00:00Z", "2027-03-01T12:00:00Z");
  }

  /// The first month goes on until `changes`; the next one has the first moment `next`, though only
  /// what is later than `changes` counts for it.
  private static void assertMonths(Calendar calendar, String changes, String next, String third) {
    Instant change = Instant.parse(changes);
    Instant first = Instant.parse("2027-01-01T00:00:00Z");
    for (Instant moment : List.of(first, calendar.since(), change.minusMillis(1))) {
      assertThat(calendar.begins(ChronoUnit.MONTHS, moment)).isEqualTo(first);
    }
    for (Instant moment : List.of(change, Instant.parse(third).minusMillis(1))) {
      assertThat(calendar.begins(ChronoUnit.MONTHS, moment)).isEqualTo(Instant.parse(next));
    }
    assertThat(calendar.begins(ChronoUnit.MONTHS, Instant.parse(third)))
        .isEqualTo(Instant.parse(third));
    assertThat(calendar.begins(ChronoUnit.MONTHS, first.minusMillis(1)))
        .isEqualTo(Instant.parse("2026-12-01T00:00:00Z"));
  }

  /// Whenever it comes: one budget more than months that have begun, and none for a moment that
  /// another one held.
  @ParameterizedTest
  @ValueSource(strings = {"Pacific/Kiritimati", "Etc/GMT+12", "Europe/Warsaw", "Asia/Kolkata"})
  void noZoneHandsOutABudgetMore(String name) {
    var zone = ZoneId.of(name);
    YearMonth begin = YearMonth.of(2027, 2);
    for (ChronoUnit unit : List.of(ChronoUnit.DAYS, ChronoUnit.MONTHS)) {
      Instant end = month(begin.plusMonths(2), ZoneOffset.UTC).plus(HOUR.multipliedBy(20));
      for (Instant since = month(begin, ZoneOffset.UTC).minus(HOUR.multipliedBy(40));
          since.isBefore(end);
          since = since.plus(HOUR.multipliedBy(11))) {
        assertBudgets(new Calendar(zone, since), unit);
      }
    }
  }

  private static void assertBudgets(Calendar calendar, ChronoUnit unit) {
    Instant first = month(YearMonth.of(2027, 1), ZoneOffset.UTC);
    Instant last = month(YearMonth.of(2027, 6), ZoneOffset.UTC).plus(HOUR.multipliedBy(15));
    var begun = new TreeSet<Instant>();
    Instant before = first;
    for (Instant moment = first;
        moment.isBefore(last);
        moment = moment.plus(HOUR.multipliedBy(2))) {
      Instant begins = calendar.begins(unit, moment);
      if (begins.isAfter(moment) || begins.isBefore(before)) {
        fail("%s by %s at %s: %s".formatted(calendar, unit, moment, begins));
      }
      before = begins;
      begun.add(begins);
    }
    LocalDate end = LocalDate.ofInstant(last.minus(HOUR), calendar.zone());
    long expected =
        unit == ChronoUnit.DAYS
            ? ChronoUnit.DAYS.between(LocalDate.of(2027, 1, 1), end) + 1
            : end.getMonthValue();
    assertThat(begun).as("%s by %s", calendar, unit).hasSize((int) expected);
  }

  @Test
  void withoutAZoneTheDaysAreOfUtc() {
    Instant moment = Instant.parse("2027-03-31T23:59:59Z");

    assertThat(Calendar.USUAL.begins(ChronoUnit.DAYS, moment)).isEqualTo("2027-03-31T00:00:00Z");
    assertThat(Calendar.USUAL.begins(ChronoUnit.MONTHS, moment)).isEqualTo("2027-03-01T00:00:00Z");
  }
}
