package ai.hartonomous.platform.idempotency;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A key that a client used, and the answer that it stands for once there is one. Both hashes are
/// SHA-256 in hexadecimal digits.
@Entity
@Table(name = "idempotency_key")
class AnswerRow extends OwnedRow {

  String keyHash;
  String requestHash;

  /// When the key is forgotten; without an answer, when its request counts as lost.
  Instant expires;

  @Nullable Integer status;
  @Nullable String contentType;
  @Nullable String location;

  @Column(length = StoredAnswers.MOST_BYTES)
  byte @Nullable [] body;

  boolean deleted;

  @SuppressWarnings("NullAway.Init") // filled by whoever stores it, or by Hibernate
  AnswerRow() {}
}
