package ai.hartonomous.platform.graph.relational;

import ai.hartonomous.platform.graph.Circuit;
import ai.hartonomous.platform.graph.Feature;
import ai.hartonomous.platform.graph.FeatureKind;
import ai.hartonomous.platform.graph.Influence;
import ai.hartonomous.platform.tenant.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/// Makes values of rows.
final class Rows {

  static final String FEATURE =
      """
      f.feature_key, f.name, f.kind, f.activation, f.sparsity, f.interpretation, f.model_id, \
      f.layer, f.coder, f.number, f.updated""";

  static final String EDGE =
      """
      i.source_id, i.target_id, i.strength, i.confidence, i.method, i.samples, i.seed, i.updated""";

  static final String INFLUENCE =
      """
      i.source_id, i.target_id, s.feature_key as source_key, t.feature_key as target_key, \
      i.strength, i.confidence, i.method, i.samples, i.seed, i.updated""";

  /// Edges with both their ends. Every leg is the user's.
  static final String INFLUENCES =
      """
      \s
      from graph_influence i
       join graph_feature s on s.id = i.source_id and s.user_id = i.user_id
       join graph_feature t on t.id = i.target_id and t.user_id = i.user_id
       where i.user_id = ?""";

  static final String CIRCUIT =
      """
      select c.id, c.name, c.description, c.model_id, c.analysis_id, c.agent_id, c.created,
        c.updated, (select count(*) from graph_member m
          where m.user_id = c.user_id and m.circuit_id = c.id) as features
      from graph_circuit c where c.user_id = ?""";

  private Rows() {}

  static Feature feature(ResultSet row, int number) throws SQLException {
    return new Feature(
        row.getString("feature_key"),
        row.getString("name"),
        FeatureKind.valueOf(row.getString("kind")),
        row.getObject("activation", Double.class),
        row.getObject("sparsity", Double.class),
        row.getString("interpretation"),
        new Feature.Place(
            row.getObject("model_id", UUID.class),
            row.getObject("layer", Integer.class),
            row.getString("coder"),
            row.getObject("number", Integer.class)),
        Columns.moment(row, "updated"));
  }

  static Influence influence(ResultSet row, int number) throws SQLException {
    return influence(row, row.getString("source_key"), row.getString("target_key"));
  }

  static Influence influence(ResultSet row, String sourceId, String targetId) throws SQLException {
    return new Influence(
        sourceId,
        targetId,
        row.getDouble("strength"),
        new Influence.Evidence(
            row.getObject("confidence", Double.class),
            row.getString("method"),
            row.getObject("samples", Integer.class),
            row.getObject("seed", Long.class)),
        Columns.moment(row, "updated"));
  }

  static Circuit circuit(ResultSet row, int number) throws SQLException {
    return new Circuit(
        id(row, "id"),
        row.getString("name"),
        row.getString("description"),
        new Circuit.Origin(
            row.getObject("model_id", UUID.class),
            row.getObject("analysis_id", UUID.class),
            row.getObject("agent_id", UUID.class)),
        row.getLong("features"),
        Columns.moment(row, "created"),
        Columns.moment(row, "updated"));
  }

  static UUID id(ResultSet row, String column) throws SQLException {
    return row.getObject(column, UUID.class);
  }
}
