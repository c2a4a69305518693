package ai.hartonomous.platform.registry;

import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

/// Files of the user's models.
interface ModelFileRows extends JpaRepository<ModelFileRow, UUID> {

  List<ModelFileRow> findByModelIdOrderByPath(UUID modelId);
}
