package ai.hartonomous.platform.deployment;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

/// Deployments of the user.
interface DeploymentRows extends JpaRepository<DeploymentRow, UUID> {

  Optional<DeploymentRow> findFirstByAgentId(UUID agentId);

  List<DeploymentRow> findAllByOrderByIdDesc();
}
