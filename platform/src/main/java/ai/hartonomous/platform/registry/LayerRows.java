package ai.hartonomous.platform.registry;

import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/// Layers of the user's models.
interface LayerRows extends JpaRepository<LayerRow, UUID> {

  List<LayerRow> findByModelIdOrderByNumber(UUID modelId);

  @Modifying
  @Query("delete from LayerRow l where l.modelId = :modelId")
  void deleteByModel(UUID modelId);
}
