package ai.hartonomous.platform.job;

import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/// Jobs of the user.
interface JobRows extends JpaRepository<JobRow, UUID> {

  @Query(
      "select j from JobRow j where j.id > :after and j.state in :states"
          + " and (:kind = '' or j.kind = :kind) order by j.userId, j.id")
  List<JobRow> page(UUID after, Collection<JobState> states, String kind, Limit limit);

  /// Reads a job that nobody else may change until the transaction ends.
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select j from JobRow j where j.id = :id")
  Optional<JobRow> lock(UUID id);
}
