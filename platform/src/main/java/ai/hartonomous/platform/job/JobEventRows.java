package ai.hartonomous.platform.job;

import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

/// Events of the user's jobs.
interface JobEventRows extends JpaRepository<JobEventRow, UUID> {

  List<JobEventRow> findByJobIdAndNumberGreaterThanOrderByNumber(UUID jobId, int after);
}
