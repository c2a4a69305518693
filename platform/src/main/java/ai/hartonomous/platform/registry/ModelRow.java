package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/// An imported checkpoint. `entry` is the file to open inside its folder, empty for the folder.
/// Public for queries over several entities; {@link ModelView} shows it.
@Entity
@Table(name = "model")
@SoftDelete(columnName = "deleted")
public class ModelRow extends OwnedRow {

  String name;
  String entry;
  String format;
  String family;
  String modelType;
  @Nullable String framework;
  String dtype;

  @JdbcTypeCode(SqlTypes.JSON)
  String architecture;

  int layers;
  int components;
  long parameters;
  long sizeBytes;
  String contentHash;
  @Nullable String licence;

  @SuppressWarnings("NullAway.Init") // filled by the import or by Hibernate
  ModelRow() {}
}
