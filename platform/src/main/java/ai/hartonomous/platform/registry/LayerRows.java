package ai.hartonomous.platform.registry;

import java.util.List;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

/// Layers of the user's models.
interface LayerRows extends JpaRepository<LayerRow, UUID> {

  List<LayerRow> findByModelIdOrderByNumber(UUID modelId);
}
