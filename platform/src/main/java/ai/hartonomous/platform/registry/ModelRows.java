package ai.hartonomous.platform.registry;

import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;

/// Models of the user.
interface ModelRows extends JpaRepository<ModelRow, UUID> {

  List<ModelRow> findByIdGreaterThanOrderById(UUID after, Limit limit);
}
