package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.money.OfferHolders.Holding;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The share of a month for which a minimum is owed: the days of the tenant's calendar on which the
/// subscription ran for at least a moment, of all days of the month. A day counts once, however
/// often the subscription ended and began anew on it.
///
/// @param days on which it ran
/// @param all days of the month, 28 to 31
record Minimum(int days, int all) {

  /// The finest time that is stored, so that an end at midnight does not touch the next day.
  private static final long MOMENT_NANOS = 1_000;

  /// {@return the share of a month}
  ///
  /// @param held the subscriptions to one thing
  /// @param period a month of the calendar of the zone
  static Minimum of(List<Holding> held, Period period, ZoneId zone) {
    Set<LocalDate> days = new TreeSet<>();
    for (Holding one : held) {
      Instant begins = one.begins().isAfter(period.begins()) ? one.begins() : period.begins();
      Instant ends = one.ends();
      if (ends == null || ends.isAfter(period.ends())) {
        ends = period.ends();
      }
      if (begins.isBefore(ends)) {
        LocalDate last = day(ends.minusNanos(MOMENT_NANOS), zone);
        day(begins, zone).datesUntil(last.plusDays(1)).forEach(days::add);
      }
    }
    return new Minimum(days.size(), day(period.begins(), zone).lengthOfMonth());
  }

  private static LocalDate day(Instant moment, ZoneId zone) {
    return LocalDate.ofInstant(moment, zone);
  }

  /// {@return what is owed at least, in whole cents, halves to the even one}
  ///
  /// @param month the minimum of a whole month, at least 0
  /// @param currency ISO 4217
  BigDecimal of(BigDecimal month, String currency) {
    return month
        .multiply(BigDecimal.valueOf(days))
        .divide(BigDecimal.valueOf(all), Amounts.digits(currency), RoundingMode.HALF_EVEN);
  }

  /// {@return the share in words: `a month` or `15 of 30 days`}
  String text() {
    return days == all ? "a month" : "%d of %d days".formatted(days, all);
  }
}
