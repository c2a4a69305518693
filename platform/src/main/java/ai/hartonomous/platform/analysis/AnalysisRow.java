package ai.hartonomous.platform.analysis;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.type.SqlTypes;
import org.springframework.data.domain.DomainEvents;

/// A finished analysis. `request`, `report` and `binaries` are the JSON of what was asked for, of
/// what was found out, and of its files.
@Entity
@Table(name = "analysis")
@SoftDelete(columnName = "deleted")
class AnalysisRow extends OwnedRow {

  UUID modelId;
  UUID jobId;

  @Enumerated(EnumType.STRING)
  AnalysisKind kind;

  @JdbcTypeCode(SqlTypes.JSON)
  String request;

  @JdbcTypeCode(SqlTypes.JSON)
  String report;

  @JdbcTypeCode(SqlTypes.JSON)
  String binaries;

  long sizeBytes;

  @SuppressWarnings("NullAway.Init") // filled by the job or by Hibernate
  AnalysisRow() {}

  /// {@return what other rooms are told when the row is saved or deleted}
  @DomainEvents
  List<AnalysisChanged> changed() {
    return List.of(new AnalysisChanged(getId(), kind.label()));
  }
}
