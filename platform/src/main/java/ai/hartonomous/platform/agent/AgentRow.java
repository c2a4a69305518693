package ai.hartonomous.platform.agent;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.type.SqlTypes;
import org.springframework.data.domain.DomainEvents;

/// An agent. `request`, `report` and `binaries` are the JSON of what was asked for, of what was
/// measured, and of its files.
@Entity
@Table(name = "agent")
@SoftDelete(columnName = "deleted")
class AgentRow extends OwnedRow {

  String name;
  String domain;
  UUID jobId;

  @JdbcTypeCode(SqlTypes.JSON)
  String request;

  @JdbcTypeCode(SqlTypes.JSON)
  String report;

  @JdbcTypeCode(SqlTypes.JSON)
  String binaries;

  int components;
  long parameters;
  long sizeBytes;

  @SuppressWarnings("NullAway.Init") // filled by the distillation or by Hibernate
  AgentRow() {}

  /// {@return what other rooms are told when the row is saved or deleted}
  @DomainEvents
  List<AgentChanged> changed() {
    return List.of(new AgentChanged(getId()));
  }
}
