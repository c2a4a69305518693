package ai.hartonomous.platform.capability;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/// Suites of the user.
interface SuiteRows extends JpaRepository<SuiteRow, UUID> {

  Optional<SuiteRow> findFirstByName(String name);

  /// Ordered by the user too, see the pages of models.
  @Query("select r from SuiteRow r where r.id > :after order by r.userId, r.id")
  List<SuiteRow> page(UUID after, Limit limit);
}
