package ai.hartonomous.platform.idempotency;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/// Keys of the user.
interface AnswerRows extends JpaRepository<AnswerRow, UUID> {

  Optional<AnswerRow> findFirstByKeyHash(String keyHash);

  @Modifying
  @Query("delete from AnswerRow where expires <= :now")
  void deleteExpired(Instant now);

  /// Takes away a key that has no answer.
  @Modifying
  @Query("delete from AnswerRow where id = :id and status is null")
  void release(UUID id);
}
