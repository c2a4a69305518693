package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.store.Folders.Binary;
import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.SoftDelete;

/// One file of a model's folder.
@Entity
@Table(name = "model_file")
@SoftDelete(columnName = "deleted")
class ModelFileRow extends OwnedRow {

  UUID modelId;
  String path;
  String sha256;
  long sizeBytes;

  @SuppressWarnings("NullAway.Init") // filled by Hibernate
  ModelFileRow() {}

  ModelFileRow(UUID modelId, Binary binary) {
    this.modelId = modelId;
    this.path = binary.path();
    this.sha256 = binary.sha256();
    this.sizeBytes = binary.sizeBytes();
  }

  Binary binary() {
    return new Binary(path, sha256, sizeBytes);
  }
}
