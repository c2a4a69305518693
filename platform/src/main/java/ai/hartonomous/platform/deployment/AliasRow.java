package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.SoftDelete;
import org.jspecify.annotations.Nullable;

/// One change of a name that stands for an agent: the change with the highest number counts.
@Entity
@Table(name = "agent_alias")
@SoftDelete(columnName = "deleted")
class AliasRow extends OwnedRow {

  String name;

  /// From 1 on; two requests at once cannot have the same.
  int number;

  /// Null where the name was taken away.
  @Nullable UUID agentId;

  @SuppressWarnings("NullAway.Init") // filled by Hibernate
  AliasRow() {}

  AliasRow(String name, int number, @Nullable UUID agentId) {
    this.name = name;
    this.number = number;
    this.agentId = agentId;
  }
}
