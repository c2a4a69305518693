package ai.hartonomous.platform.idempotency;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// The keys that clients used, in the database that all nodes share: of two requests with one key,
/// the unique index lets one through.
@Component
class StoredAnswers {

  /// Longest answer that is kept.
  static final int MOST_BYTES = 1 << 20;

  /// How long an answer is kept.
  static final Duration KEPT = Duration.ofHours(24);

  /// After this a request without an answer counts as lost with its node.
  static final Duration LOST = Duration.ofMinutes(10);

  private final AnswerRows rows;
  private final TransactionTemplate transaction;
  private final InstantSource clock = InstantSource.system();

  StoredAnswers(AnswerRows rows, TransactionTemplate transaction) {
    this.rows = rows;
    this.transaction = transaction;
  }

  /// What a key stands for.
  sealed interface Claim {
    /// The request is to be done.
    record Mine(UUID id) implements Claim {}

    /// It was done; this was the answer.
    record Done(Answer answer) implements Claim {}

    /// It is being done.
    record Busy() implements Claim {}

    /// The key was used for another request.
    record Other() implements Claim {}
  }

  /// An answer.
  ///
  /// @param status HTTP status
  /// @param contentType type of its body, or null without one
  /// @param location address of what was made, or null
  /// @param body its bytes
  record Answer(int status, @Nullable String contentType, @Nullable String location, byte[] body) {}

  /// {@return what the user's key stands for; from now on this request, if nothing before}
  Claim claim(String keyHash, String requestHash) {
    try {
      return Objects.requireNonNull(transaction.execute(_ -> claimOrFind(keyHash, requestHash)));
    } catch (DataIntegrityViolationException _) {
      return new Claim.Busy(); // another request was first by a moment
    }
  }

  private Claim claimOrFind(String keyHash, String requestHash) {
    Instant now = clock.instant();
    rows.deleteExpired(now);
    AnswerRow found = rows.findFirstByKeyHash(keyHash).orElse(null);
    if (found == null) {
      var row = new AnswerRow();
      row.keyHash = keyHash;
      row.requestHash = requestHash;
      row.expires = now.plus(LOST);
      return new Claim.Mine(rows.saveAndFlush(row).getId());
    }
    if (!found.requestHash.equals(requestHash)) {
      return new Claim.Other();
    }
    Integer status = found.status;
    byte[] body = found.body;
    if (status == null || body == null) {
      return new Claim.Busy();
    }
    return new Claim.Done(new Answer(status, found.contentType, found.location, body));
  }

  /// Keeps the answer of a request.
  void keep(UUID id, Answer answer) {
    transaction.executeWithoutResult(_ -> rows.findById(id).ifPresent(row -> fill(row, answer)));
  }

  private void fill(AnswerRow row, Answer answer) {
    row.status = answer.status();
    row.contentType = answer.contentType();
    row.location = answer.location();
    row.body = answer.body();
    row.expires = clock.instant().plus(KEPT);
  }

  /// Forgets a request that had no answer worth keeping; it may be sent again.
  void release(UUID id) {
    transaction.executeWithoutResult(_ -> rows.release(id));
  }
}
