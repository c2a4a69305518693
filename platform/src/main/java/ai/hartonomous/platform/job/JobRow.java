package ai.hartonomous.platform.job;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/// A job and how far it is.
@Entity
@Table(name = "job")
@SoftDelete(columnName = "deleted")
class JobRow extends OwnedRow {

  String kind;

  @Enumerated(EnumType.STRING)
  @JdbcTypeCode(SqlTypes.VARCHAR)
  JobState state = JobState.QUEUED;

  @Nullable String stage;
  double progress;
  @Nullable String message;

  @JdbcTypeCode(SqlTypes.JSON)
  @Nullable String details;

  @JdbcTypeCode(SqlTypes.JSON)
  String request;

  @JdbcTypeCode(SqlTypes.JSON)
  @Nullable String result;

  @Nullable String failure;
  @Nullable Instant started;
  @Nullable Instant ended;

  @SuppressWarnings("NullAway.Init") // filled by Hibernate
  JobRow() {}

  JobRow(String kind, String request) {
    this.kind = kind;
    this.request = request;
  }
}
