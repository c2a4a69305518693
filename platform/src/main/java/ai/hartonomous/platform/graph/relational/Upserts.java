package ai.hartonomous.platform.graph.relational;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.BatchPreparedStatementSetter;
import org.springframework.jdbc.core.JdbcTemplate;

/// Updates the rows that are there and inserts the others, in batches: two plain statements, the
/// same on every database.
final class Upserts {

  private static final int BATCH = 1_000;

  private final JdbcTemplate jdbc;

  Upserts(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /// A row to store.
  ///
  /// @param id its id
  /// @param both parameters of the update, and the first ones of the insert
  /// @param more the other parameters of the insert
  record Row(UUID id, List<Value> both, List<Value> more) {}

  /// A parameter.
  ///
  /// @param value of one of the types below, or null
  /// @param type the SQL type of a null
  record Value(@Nullable Object value, int type) {

    static Value text(@Nullable String value) {
      return new Value(value, Types.VARCHAR);
    }

    static Value number(@Nullable Double value) {
      return new Value(value, Types.DOUBLE);
    }

    static Value integer(@Nullable Integer value) {
      return new Value(value, Types.INTEGER);
    }

    static Value whole(@Nullable Long value) {
      return new Value(value, Types.BIGINT);
    }

    static Value uuid(@Nullable UUID value) {
      return new Value(value, Types.NULL);
    }

    static Value time(OffsetDateTime value) {
      return new Value(value, Types.NULL);
    }

    static Value no() {
      return new Value(false, Types.NULL);
    }

    void set(PreparedStatement statement, int at) throws SQLException {
      if (value == null && type != Types.NULL) {
        statement.setNull(at, type);
        return;
      }
      statement.setObject(at, value);
    }
  }

  void run(String update, String insert, List<Row> rows) {
    for (int from = 0; from < rows.size(); from += BATCH) {
      List<Row> batch = rows.subList(from, Math.min(rows.size(), from + BATCH));
      int[] updated = execute(update, batch.stream().map(Row::both).toList());
      List<List<Value>> missing = new ArrayList<>();
      for (int i = 0; i < updated.length; i++) {
        if (updated[i] == 0) {
          List<Value> values = new ArrayList<>(batch.get(i).both());
          values.addAll(batch.get(i).more());
          missing.add(values);
        }
      }
      execute(insert, missing);
    }
  }

  private int[] execute(String sql, List<List<Value>> rows) {
    if (rows.isEmpty()) {
      return new int[0];
    }
    return jdbc.batchUpdate(
        sql,
        new BatchPreparedStatementSetter() {
          @Override
          public void setValues(PreparedStatement statement, int row) throws SQLException {
            List<Value> values = rows.get(row);
            for (int i = 0; i < values.size(); i++) {
              values.get(i).set(statement, i + 1);
            }
          }

          @Override
          public int getBatchSize() {
            return rows.size();
          }
        });
  }
}
