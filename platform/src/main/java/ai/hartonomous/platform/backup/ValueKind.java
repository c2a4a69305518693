package ai.hartonomous.platform.backup;

import ai.hartonomous.platform.database.DatabaseKind;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// How a value of a column is written in a backup.
enum ValueKind {
  /// `true` or `false`.
  TRUTH,
  /// A number without fraction.
  WHOLE,
  /// A number with fraction.
  REAL,
  /// A decimal number, as text, so that no digit is lost.
  DECIMAL,
  /// Base64.
  BYTES,
  /// ISO 8601 in UTC.
  TIME,
  /// A text that is JSON.
  JSON,
  /// A UUID as text.
  ID,
  /// A text.
  TEXT;

  /// {@return the kind of a column}
  ///
  /// @param type a constant of {@link Types}, or of the database
  /// @param name the database's name of the type
  static ValueKind of(int type, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("json")) {
      return JSON;
    }
    if (lower.equals("uuid") || lower.equals("uniqueidentifier")) {
      return ID;
    }
    if (lower.equals("timestamptz") || lower.startsWith("datetimeoffset")) {
      return TIME;
    }
    return switch (type) {
      case Types.BOOLEAN, Types.BIT -> TRUTH;
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> WHOLE;
      case Types.REAL, Types.FLOAT, Types.DOUBLE -> REAL;
      case Types.DECIMAL, Types.NUMERIC -> DECIMAL;
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> BYTES;
      case Types.TIMESTAMP_WITH_TIMEZONE -> TIME;
      case Types.VARCHAR,
          Types.CHAR,
          Types.LONGVARCHAR,
          Types.CLOB,
          Types.NVARCHAR,
          Types.NCHAR,
          Types.LONGNVARCHAR,
          Types.NCLOB ->
          TEXT;
      default -> throw new IllegalArgumentException("no way to back up a " + name);
    };
  }

  /// Writes one value of a row.
  void write(ResultSet row, int column, JsonGenerator json) throws SQLException {
    if (row.getObject(column) == null) {
      json.writeNull();
      return;
    }
    switch (this) {
      case TRUTH -> json.writeBoolean(row.getBoolean(column));
      case WHOLE -> json.writeNumber(row.getLong(column));
      case REAL -> json.writeNumber(row.getDouble(column));
      case DECIMAL -> json.writeString(row.getBigDecimal(column).toPlainString());
      case BYTES -> json.writeBinary(row.getBytes(column));
      case TIME ->
          json.writeString(row.getObject(column, OffsetDateTime.class).toInstant().toString());
      case JSON, ID, TEXT -> json.writeString(row.getString(column));
    }
  }

  /// {@return how a value is written into an insert}
  String place(DatabaseKind database) {
    return this != JSON
        ? "?"
        : switch (database) {
          case H2 -> "? format json";
          case POSTGRESQL -> "cast(? as jsonb)";
          case SQLSERVER -> "?";
        };
  }

  /// Sets one value of an insert.
  void bind(PreparedStatement insert, int column, JsonNode value, DatabaseKind database)
      throws SQLException {
    if (value.isNull()) {
      insert.setNull(column, nullType());
      return;
    }
    switch (this) {
      case TRUTH -> insert.setBoolean(column, value.asBoolean());
      case WHOLE -> insert.setLong(column, value.asLong());
      case REAL -> insert.setDouble(column, value.asDouble());
      case DECIMAL -> insert.setBigDecimal(column, new BigDecimal(value.asString()));
      case BYTES -> insert.setBytes(column, value.binaryValue());
      case TIME ->
          insert.setObject(column, Instant.parse(value.asString()).atOffset(ZoneOffset.UTC));
      case JSON, TEXT -> insert.setString(column, value.asString());
      case ID -> {
        if (database == DatabaseKind.SQLSERVER) {
          insert.setString(column, value.asString());
        } else {
          insert.setObject(column, UUID.fromString(value.asString()));
        }
      }
    }
  }

  private int nullType() {
    return switch (this) {
      case TRUTH -> Types.BOOLEAN;
      case WHOLE -> Types.BIGINT;
      case REAL -> Types.DOUBLE;
      case DECIMAL -> Types.NUMERIC;
      case BYTES -> Types.VARBINARY;
      case TIME -> Types.TIMESTAMP_WITH_TIMEZONE;
      case JSON, TEXT -> Types.VARCHAR;
      case ID -> Types.OTHER;
    };
  }
}
