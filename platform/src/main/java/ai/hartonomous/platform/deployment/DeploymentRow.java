package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.SoftDelete;

/// An agent that answers.
@Entity
@Table(name = "deployment")
@SoftDelete(columnName = "deleted")
class DeploymentRow extends OwnedRow {

  UUID agentId;

  @SuppressWarnings("NullAway.Init") // filled by Hibernate
  DeploymentRow() {}

  DeploymentRow(UUID agentId) {
    this.agentId = agentId;
  }
}
