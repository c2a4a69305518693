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

  /// From 0, which goes first, to 7; counts among the waiting jobs of one user.
  int urgency = 3;

  /// The node that works on it, while it runs.
  @Nullable String node;

  /// How often work began; a node that knows an earlier number has lost the job.
  int epoch;

  /// When a running job counts as left by its node, unless the node renews this.
  @Nullable Instant leaseUntil;

  /// Whether the node that works on it is to end it.
  boolean cancelRequested;

  /// How often it was left by a node that died.
  int takeovers;

  /// Number of its last event.
  int lastEvent;

  /// What it needs while it runs, estimated.
  long memoryBytes;

  @SuppressWarnings("NullAway.Init") // filled by Hibernate
  JobRow() {}

  JobRow(String kind, String request, long memoryBytes) {
    this.kind = kind;
    this.request = request;
    this.memoryBytes = memoryBytes;
  }
}
