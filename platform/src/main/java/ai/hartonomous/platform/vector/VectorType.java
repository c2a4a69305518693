package ai.hartonomous.platform.vector;

import java.io.Serializable;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.Locale;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.SQLServerDialect;
import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.usertype.UserType;
import org.jspecify.annotations.Nullable;

/// A column that holds a vector: `VECTOR(1536)` on SQL Server, where it travels as the text of a
/// JSON array, and the bytes of {@link Float32} on the other databases.
final class VectorType implements UserType<float[]> {

  /// Hibernate makes it.
  VectorType() {}

  /// {@return whether the database has vectors of its own, which travel as text}
  static boolean asText(Dialect dialect) {
    return dialect instanceof SQLServerDialect;
  }

  static float @Nullable [] read(ResultSet rows, int column, boolean asText) throws SQLException {
    if (asText) {
      String text = rows.getString(column);
      return text == null ? null : parse(text);
    }
    byte[] bytes = rows.getBytes(column);
    return bytes == null ? null : Float32.floats(bytes);
  }

  /// {@return the numbers of a JSON array}
  static float[] parse(String text) {
    String inner = text.strip();
    String[] parts = inner.substring(1, inner.length() - 1).split(",");
    float[] vector = new float[parts.length];
    for (int i = 0; i < parts.length; i++) {
      vector[i] = Float.parseFloat(parts[i].strip());
    }
    return vector;
  }

  /// {@return a JSON array}
  static String text(float[] vector) {
    var text = new StringBuilder("[");
    for (float x : vector) {
      text.append(text.length() == 1 ? "" : ",").append(String.format(Locale.ROOT, "%.9e", x));
    }
    return text.append(']').toString();
  }

  @Override
  public int getSqlType() {
    return Types.VARBINARY;
  }

  @Override
  public Class<float[]> returnedClass() {
    return float[].class;
  }

  @Override
  public float @Nullable [] nullSafeGet(ResultSet rows, int position, WrapperOptions options)
      throws SQLException {
    return read(rows, position, asText(options.getDialect()));
  }

  @Override
  public void nullSafeSet(
      PreparedStatement statement, float @Nullable [] value, int index, WrapperOptions options)
      throws SQLException {
    boolean text = asText(options.getDialect());
    if (value == null) {
      statement.setNull(index, text ? Types.VARCHAR : Types.VARBINARY);
    } else if (text) {
      statement.setString(index, text(value));
    } else {
      statement.setBytes(index, Float32.bytes(value));
    }
  }

  @Override
  public boolean equals(float @Nullable [] left, float @Nullable [] right) {
    return Arrays.equals(left, right);
  }

  @Override
  public int hashCode(float[] value) {
    return Arrays.hashCode(value);
  }

  @Override
  public float @Nullable [] deepCopy(float @Nullable [] value) {
    return value; // a row's vector is replaced, never changed
  }

  @Override
  public boolean isMutable() {
    return false;
  }

  @Override
  public Serializable disassemble(float[] value) {
    return value;
  }

  @Override
  public float[] assemble(Serializable cached, Object owner) {
    return (float[]) cached;
  }
}
