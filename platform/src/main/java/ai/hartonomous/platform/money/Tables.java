package ai.hartonomous.platform.money;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Currency;
import java.util.UUID;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/// What all statements here need.
final class Tables {

  private Tables() {}

  static UUID id() {
    return UuidVersion7Strategy.INSTANCE.generateUuid(null);
  }

  static OffsetDateTime now() {
    return time(Instant.now());
  }

  static OffsetDateTime time(Instant moment) {
    return moment.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  static Instant moment(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /// {@return the digits after the point that a currency has}
  static int digits(String currency) {
    return Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
  }

  /// {@return an amount in whole units of its currency, such as cents; halves to the even one}
  static BigDecimal rounded(BigDecimal amount, String currency) {
    return amount.setScale(digits(currency), RoundingMode.HALF_EVEN);
  }
}
