package ai.hartonomous.platform.tenant;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.hibernate.id.uuid.UuidVersion7Strategy;

/// Values of the columns that every table has, for statements in plain SQL.
public final class Columns {

  private Columns() {}

  /// {@return a new id; ids grow with time}
  public static UUID id() {
    return UuidVersion7Strategy.INSTANCE.generateUuid(null);
  }

  /// {@return the present time, as {@link #time} gives it}
  public static OffsetDateTime now() {
    return time(Instant.now());
  }

  /// {@return a time as every database keeps it: to the microsecond, in UTC}
  ///
  /// @param moment the time
  public static OffsetDateTime time(Instant moment) {
    return moment.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  /// {@return the time that a column of a row holds}
  ///
  /// @param row the row
  /// @param column not null
  /// @throws SQLException if the row has no such column, or it is no time
  public static Instant moment(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
