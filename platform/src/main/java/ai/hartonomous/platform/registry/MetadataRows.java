package ai.hartonomous.platform.registry;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/// Documents about the user's models.
interface MetadataRows extends JpaRepository<MetadataRow, UUID> {

  Optional<MetadataRow> findFirstByModelId(UUID modelId);

  @Modifying
  @Query("delete from MetadataRow m where m.modelId = :modelId")
  void deleteByModel(UUID modelId);
}
