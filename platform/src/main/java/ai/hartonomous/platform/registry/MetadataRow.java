package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/// JSON documents about a model. `architecture` is what its configuration means to the engine, with
/// `model_type`, `family` and `layers`; the others are {@link StatedFacts}.
@Entity
@Table(name = "model_metadata")
@SoftDelete(columnName = "deleted")
class MetadataRow extends OwnedRow {

  UUID modelId;

  @JdbcTypeCode(SqlTypes.JSON)
  String architecture;

  @JdbcTypeCode(SqlTypes.JSON)
  @Nullable String hyperparameters;

  @JdbcTypeCode(SqlTypes.JSON)
  @Nullable String trainingConfig;

  @JdbcTypeCode(SqlTypes.JSON)
  @Nullable String trainingMetrics;

  @JdbcTypeCode(SqlTypes.JSON)
  @Nullable String config;

  @JdbcTypeCode(SqlTypes.JSON)
  @Nullable String generationConfig;

  @JdbcTypeCode(SqlTypes.JSON)
  @Nullable String card;

  @SuppressWarnings("NullAway.Init") // filled by the import or by Hibernate
  MetadataRow() {}
}
