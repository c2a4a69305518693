package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.Settings;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Takes the parts of deleted models from the database some time after their files went. The rows
/// of the models stay, marked as deleted: others refer to them.
@Component
class DeletedModels {

  private static final List<String> PARTS =
      List.of(
          "delete from component where model_id = ?",
          "delete from model_layer where model_id = ?",
          "delete from stored_file where folder_id = ?",
          "delete from model_metadata where model_id = ?"); // last: while it is there, work is left
  private static final String DELETED =
      "select m.id from model m join model_metadata d on d.model_id = m.id"
          + " where m.deleted = ? and m.updated < ?";

  private final JdbcTemplate database;
  private final Settings settings;

  DeletedModels(DataSource database, Settings settings) {
    this.database = new JdbcTemplate(database);
    this.settings = settings;
  }

  @Scheduled(initialDelayString = "PT15M", fixedDelayString = "PT1H")
  void purge() {
    purge(Instant.now().minus(settings.store().keepDeleted()));
  }

  /// Works for all users, so it asks past the tenants' filter.
  ///
  /// @param before models deleted before lose their parts
  /// @return number of models
  int purge(Instant before) {
    List<UUID> models =
        database.query(
            DELETED, (row, _) -> UUID.fromString(row.getString(1)), true, Timestamp.from(before));
    for (UUID model : models) {
      PARTS.forEach(part -> database.update(part, model));
    }
    return models.size();
  }
}
