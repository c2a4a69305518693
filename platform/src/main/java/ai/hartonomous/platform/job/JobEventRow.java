package ai.hartonomous.platform.job;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.type.SqlTypes;

/// Something that happened to a job: a copy of how it stood then.
@Entity
@Table(name = "job_event")
@SoftDelete(columnName = "deleted")
class JobEventRow extends OwnedRow {

  UUID jobId;
  int number;
  String type;

  @JdbcTypeCode(SqlTypes.JSON)
  String body;

  @SuppressWarnings("NullAway.Init") // filled by Hibernate
  JobEventRow() {}

  JobEventRow(UUID jobId, int number, String type, String body) {
    this.jobId = jobId;
    this.number = number;
    this.type = type;
    this.body = body;
  }
}
