package ai.hartonomous.platform.agent;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

/// Agents of the user.
interface AgentRows extends JpaRepository<AgentRow, UUID> {

  Optional<AgentRow> findFirstByJobId(UUID jobId);
}
