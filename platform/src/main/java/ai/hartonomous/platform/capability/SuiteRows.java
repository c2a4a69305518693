package ai.hartonomous.platform.capability;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;

/// Suites of the user.
interface SuiteRows extends JpaRepository<SuiteRow, UUID> {

  Optional<SuiteRow> findFirstByName(String name);

  List<SuiteRow> findByIdGreaterThanOrderById(UUID after, Limit limit);
}
