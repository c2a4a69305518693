package ai.hartonomous.platform.procedure;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What H2 calls for the procedures `TRAIN_SKIP_TRANSCODER`, `CREATE_FEATURE_CIRCUIT` and
/// `GET_PERFORMANCE_METRICS`: the platform's own code, in the process of the embedded database.
/// Before a call, H2 may ask for the columns alone.
///
/// Whoever may call them has the database's password, and so may do anything to the rows of all
/// users: they are for operators.
public final class DatabaseProcedures {

  private static final String COLUMNS_ONLY = "jdbc:columnlist:connection";

  private static final String PROGRESS =
      "(cast(? as integer), cast(? as double precision), cast(? as varchar), cast(? as uuid))";

  private static final String STORED =
      "(cast(? as uuid), cast(? as integer), cast(? as integer), cast(? as varchar))";

  private DatabaseProcedures() {}

  /// Trains a coder on values that the caller brings, and keeps it. `CALL
  /// TRAIN_SKIP_TRANSCODER(model_id, activation_data, epochs, learning_rate)`.
  ///
  /// @param connection the caller's
  /// @param modelId id of the model that the values are of
  /// @param activationData JSON: rows of numbers, or an object with input and target
  /// @param epochs how often to go through them
  /// @param learningRate highest step
  /// @return rows `EPOCH, LOSS, MESSAGE, ANALYSIS_ID`: one for every hundredth epoch, and at the
  ///   end one with the id under which the coder is kept
  /// @throws SQLException if it cannot be done
  public static ResultSet trainSkipTranscoder(
      Connection connection,
      @Nullable UUID modelId,
      @Nullable String activationData,
      @Nullable Integer epochs,
      @Nullable Double learningRate)
      throws SQLException {
    List<@Nullable Object> values = new ArrayList<>();
    if (isCall(connection)) {
      if (modelId == null || activationData == null || epochs == null || learningRate == null) {
        throw new SQLException("TRAIN_SKIP_TRANSCODER takes no nulls", "22004");
      }
      var asked = new Procedures.Training(modelId, activationData, epochs, learningRate);
      Procedures.Trained trained =
          Procedures.of(connection).train(owner(connection, modelId), asked);
      for (Procedures.Epoch epoch : trained.epochs()) {
        String message = "Epoch %d: Loss = %s".formatted(epoch.epoch(), epoch.loss());
        Collections.addAll(values, epoch.epoch(), epoch.loss(), message, null);
      }
      Collections.addAll(values, null, null, trained.message(), trained.analysisId());
    }
    return rows(connection, PROGRESS, "EPOCH, LOSS, MESSAGE, ANALYSIS_ID", values);
  }

  /// Stores features and relationships as a circuit. `CALL CREATE_FEATURE_CIRCUIT(features,
  /// relationships, user_id)`.
  ///
  /// @param connection the caller's
  /// @param features JSON array, as `features` of `POST /v1/circuits`
  /// @param relationships JSON array, as `relationships` there
  /// @param userId whose circuit it is
  /// @return one row `CIRCUIT_ID, FEATURES, RELATIONSHIPS, MESSAGE`
  /// @throws SQLException if it cannot be done
  public static ResultSet createFeatureCircuit(
      Connection connection,
      @Nullable String features,
      @Nullable String relationships,
      @Nullable String userId)
      throws SQLException {
    List<@Nullable Object> values = new ArrayList<>();
    if (isCall(connection)) {
      if (features == null || relationships == null || userId == null || userId.isBlank()) {
        throw new SQLException("CREATE_FEATURE_CIRCUIT takes no nulls and no blank user", "22004");
      }
      var asked = new FeatureCircuitJob.Order(features, relationships);
      FeatureCircuitJob.Stored stored = Procedures.of(connection).store(userId, asked);
      Collections.addAll(
          values, stored.circuitId(), stored.features(), stored.relationships(), stored.message());
    }
    return rows(connection, STORED, "CIRCUIT_ID, FEATURES, RELATIONSHIPS, MESSAGE", values);
  }

  /// Tells how long statements take, slowest first. H2 counts from the first call on; it keeps the
  /// last hundred statements. `CALL GET_PERFORMANCE_METRICS()`.
  ///
  /// @param connection the caller's
  /// @return rows `SOURCE, NAME, EXECUTIONS, AVERAGE_MILLIS, MAX_MILLIS, AVERAGE_ROWS`
  /// @throws SQLException if the caller may not see them
  public static ResultSet performanceMetrics(Connection connection) throws SQLException {
    if (isCall(connection)) {
      try (PreparedStatement set = connection.prepareStatement("set query_statistics true")) {
        set.execute();
      }
    }
    return connection
        .prepareStatement(
            """
            select 'query_statistics' as source, sql_statement as name,
              cast(execution_count as bigint) as executions,
              average_execution_time as average_millis, max_execution_time as max_millis,
              average_row_count as average_rows
            from information_schema.query_statistics order by average_execution_time desc""")
        .executeQuery();
  }

  private static boolean isCall(Connection connection) throws SQLException {
    return !COLUMNS_ONLY.equals(connection.getMetaData().getURL());
  }

  private static String owner(Connection connection, UUID modelId) throws SQLException {
    String sql = "select user_id from model where id = ? and deleted = false";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, modelId);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("there is no model " + modelId, "45000");
        }
        return row.getString(1);
      }
    }
  }

  /// {@return rows as a result of the database itself; H2 closes it}
  private static ResultSet rows(
      Connection connection, String form, String columns, List<@Nullable Object> values)
      throws SQLException {
    int width = columns.split(",").length;
    int count = Math.max(1, values.size() / width);
    String sql =
        "select * from (values %s) as found(%s)%s"
            .formatted(
                String.join(", ", Collections.nCopies(count, form)),
                columns,
                values.isEmpty() ? " where 1 = 0" : "");
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < count * width; i++) {
      statement.setObject(i + 1, i < values.size() ? values.get(i) : null);
    }
    return statement.executeQuery();
  }
}
