package ai.hartonomous.platform.vector;

import ai.hartonomous.platform.tenant.OwnedRow;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.Type;
import org.jspecify.annotations.Nullable;

/// One embedding. Its id follows from what it is of, so doing an embedding again replaces it. A
/// deleted one stays for some days without its vector, so that every node's index hears of it:
/// `version` says in which change of the table it became what it is.
@Entity
@Table(name = "component_embedding")
class EmbeddingRow extends OwnedRow {

  UUID modelId;
  UUID sourceId;
  @Nullable UUID componentId;

  @Enumerated(EnumType.STRING)
  EmbeddingKind kind;

  @Nullable Integer layer;
  String path;
  long version;
  boolean deleted;

  /// The definition is what SQL Server calls it when the start compares table and mapping; the
  /// others are compared by the type of {@link VectorType}. Nothing makes a table by it.
  @Column(columnDefinition = "vector(1536)")
  @Type(VectorType.class)
  float @Nullable [] vector;

  @SuppressWarnings("NullAway.Init") // filled by Hibernate
  EmbeddingRow() {}

  EmbeddingRow(UUID id, UUID modelId, NewEmbedding embedding, long version) {
    super(id);
    this.modelId = modelId;
    this.sourceId = embedding.sourceId();
    this.componentId = embedding.componentId();
    this.kind = embedding.kind();
    this.layer = embedding.layer();
    this.path = embedding.path();
    this.version = version;
    this.vector = embedding.vector();
  }
}
