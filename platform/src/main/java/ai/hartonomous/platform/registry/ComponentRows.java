package ai.hartonomous.platform.registry;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/// Components of the user's models.
interface ComponentRows extends JpaRepository<ComponentRow, UUID> {

  @Query(
      """
      select c from ComponentRow c
      where c.modelId = :modelId and c.ordinal > :after
        and (:layer is null or c.layer = :layer) and (:type is null or c.type = :type)
      order by c.ordinal\
      """)
  List<ComponentRow> page(
      UUID modelId, int after, @Nullable Integer layer, @Nullable ComponentType type, Limit limit);

  @Modifying
  @Query("delete from ComponentRow c where c.modelId = :modelId")
  void deleteByModel(UUID modelId);
}
