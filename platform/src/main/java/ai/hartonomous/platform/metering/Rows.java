package ai.hartonomous.platform.metering;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/// What all statements here need.
final class Rows {

  private Rows() {}

  /// {@return a new id; ids grow with time}
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
}
