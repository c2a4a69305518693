package ai.hartonomous.platform.money;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/// The days and months of a tenant's budgets: those of UTC until it has a zone. The day and the
/// month in which it gets one go on until they are over in UTC and in the zone, so that nobody has
/// a budget twice.
///
/// @param zone whose days and months hold
/// @param since when it got the zone
record Calendar(ZoneId zone, Instant since) {

  /// Of who has no zone.
  static final Calendar USUAL = new Calendar(ZoneOffset.UTC, Instant.EPOCH);

  /// {@return when the day or month began in which a moment lies}
  ///
  /// @param unit days or months
  /// @param moment any moment
  Instant begins(ChronoUnit unit, Instant moment) {
    Instant known = moment.isBefore(since) ? moment : since;
    LocalDate last = first(unit, known, ZoneOffset.UTC);
    LocalDate next = last.plus(1, unit);
    boolean goesOn =
        moment.isBefore(begin(next, ZoneOffset.UTC)) || moment.isBefore(begin(next, zone));
    return goesOn ? begin(last, ZoneOffset.UTC) : begin(first(unit, moment, zone), zone);
  }

  /// {@return the first date of a day or month}
  private static LocalDate first(ChronoUnit unit, Instant moment, ZoneId zone) {
    LocalDate date = LocalDate.ofInstant(moment, zone);
    return unit == ChronoUnit.MONTHS ? date.withDayOfMonth(1) : date;
  }

  private static Instant begin(LocalDate date, ZoneId zone) {
    return date.atStartOfDay(zone).toInstant();
  }
}
