package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.SoftDelete;

/// An agent that answers.
@Entity
@Table(name = "deployment")
@SoftDelete(columnName = "deleted")
class DeploymentRow extends OwnedRow {

  UUID agentId;

  @Enumerated(EnumType.STRING)
  @Column(name = "deployment_type")
  DeploymentType type;

  @SuppressWarnings("NullAway.Init") // filled by Hibernate
  DeploymentRow() {}

  DeploymentRow(UUID agentId, DeploymentType type) {
    this.agentId = agentId;
    this.type = type;
  }
}
