package ai.hartonomous.platform.capability;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.type.SqlTypes;

/// A capability suite. `capabilities` is a JSON list of the names in it.
@Entity
@Table(name = "capability_suite")
@SoftDelete(columnName = "deleted")
class SuiteRow extends OwnedRow {

  String name;
  int items;

  @JdbcTypeCode(SqlTypes.JSON)
  String capabilities;

  String sha256;
  long sizeBytes;

  @SuppressWarnings("NullAway.Init") // filled by the registration or by Hibernate
  SuiteRow() {}
}
