package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.tenant.Tenant;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/// Pages of components, the list that is asked for most. They are read without Hibernate, which
/// translates a query anew at each execution when it adds the user to it (it caches no plan while a
/// filter is on), so the user and the mark of deleted rows stand in the statement here.
@Component
class ComponentPages {

  private static final String SELECT =
      "select id, ordinal, path, layer, type, number from component"
          + " where model_id = ? and user_id = ? and deleted = ? and ordinal > ?";

  private final JdbcTemplate jdbc;

  ComponentPages(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /// One component.
  ///
  /// @param id its id
  /// @param ordinal its place in the model
  /// @param path its hook point
  /// @param layer from 0
  /// @param type head or neuron
  /// @param number from 0 in its layer and type
  record Line(UUID id, int ordinal, String path, int layer, ComponentType type, int number) {}

  /// {@return components of a model of the user, by ordinal}
  ///
  /// The order begins with what is the same in all rows, so that H2 too reads an index in its order
  /// and stops at the limit instead of sorting the whole model.
  ///
  /// @param model the model
  /// @param layer the only layer, or null for all
  /// @param type the only type, or null for both
  /// @param after ordinal after which the page begins
  /// @param most how many
  List<Line> read(
      UUID model, @Nullable Integer layer, @Nullable ComponentType type, long after, int most) {
    var sql = new StringBuilder(SELECT);
    List<Object> values = new ArrayList<>(List.of(model, Tenant.current(), false, after));
    if (layer != null) {
      sql.append(" and layer = ?");
      values.add(layer);
    }
    if (type != null) {
      sql.append(" and type = ?");
      values.add(type.name());
    }
    sql.append(" order by model_id, ").append(layer == null ? "" : "layer, ").append("ordinal");
    sql.append(" offset 0 rows fetch first ? rows only");
    values.add(most);
    return jdbc.query(sql.toString(), ComponentPages::line, values.toArray());
  }

  private static Line line(ResultSet row, int number) throws SQLException {
    return new Line(
        row.getObject(1, UUID.class),
        row.getInt(2),
        row.getString(3),
        row.getInt(4),
        ComponentType.valueOf(row.getString(5)),
        row.getInt(6));
  }
}
