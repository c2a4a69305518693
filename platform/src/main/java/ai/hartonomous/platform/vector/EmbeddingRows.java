package ai.hartonomous.platform.vector;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// Embeddings of the user's models.
interface EmbeddingRows extends Repository<EmbeddingRow, UUID> {

  @Query("select e from EmbeddingRow e where e.id = :id and e.deleted = false")
  Optional<EmbeddingRow> find(UUID id);

  @Query("select e from EmbeddingRow e where e.componentId = :componentId and e.deleted = false")
  List<EmbeddingRow> ofComponent(UUID componentId);

  @Query(
      """
      select e from EmbeddingRow e
      where e.modelId = :modelId and e.kind = :kind and e.path = :path and e.deleted = false
      order by e.version desc\
      """)
  List<EmbeddingRow> named(UUID modelId, EmbeddingKind kind, String path);

  @Query(
      """
      select e.kind as kind, count(e) as number from EmbeddingRow e
      where e.modelId = :modelId and e.deleted = false group by e.kind\
      """)
  List<KindCount> count(UUID modelId);

  @Modifying
  @Query("delete from EmbeddingRow e where e.id in :ids")
  void remove(Collection<UUID> ids);

  @Modifying
  @Query(
      """
      update EmbeddingRow e set e.deleted = true, e.vector = null, e.version = :version,
        e.updated = :now
      where e.modelId = :modelId and e.deleted = false\
      """)
  int forgetModel(UUID modelId, long version, Instant now);

  @Modifying
  @Query(
      """
      update EmbeddingRow e set e.deleted = true, e.vector = null, e.version = :version,
        e.updated = :now
      where e.sourceId = :sourceId and e.deleted = false\
      """)
  int forgetSource(UUID sourceId, long version, Instant now);

  /// How many embeddings of a kind there are.
  interface KindCount {
    /// {@return what they are of}
    EmbeddingKind getKind();

    /// {@return how many}
    long getNumber();
  }
}
