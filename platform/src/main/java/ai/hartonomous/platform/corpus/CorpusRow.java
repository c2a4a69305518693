package ai.hartonomous.platform.corpus;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.SoftDelete;

/// A text. `file` is its file's name, whose ending says what form it has.
@Entity
@Table(name = "corpus")
@SoftDelete(columnName = "deleted")
class CorpusRow extends OwnedRow {

  String name;

  @Column(name = "file_name")
  String file;

  String sha256;
  long sizeBytes;

  @SuppressWarnings("NullAway.Init") // filled by the registration or by Hibernate
  CorpusRow() {}
}
