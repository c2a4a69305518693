package ai.hartonomous.platform.store;

import ai.hartonomous.platform.store.Folders.Binary;
import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.SoftDelete;

/// One kept file. Its folder has the id of the row that it belongs to, such as a model.
@Entity
@Table(name = "stored_file")
@SoftDelete(columnName = "deleted")
class StoredFileRow extends OwnedRow {

  UUID folderId;
  String path;
  String sha256;
  long sizeBytes;

  @SuppressWarnings("NullAway.Init") // filled by Hibernate
  StoredFileRow() {}

  StoredFileRow(UUID folderId, Binary binary) {
    this.folderId = folderId;
    this.path = binary.path();
    this.sha256 = binary.sha256();
    this.sizeBytes = binary.sizeBytes();
  }

  Binary binary() {
    return new Binary(path, sha256, sizeBytes);
  }
}
