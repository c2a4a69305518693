package ai.hartonomous.platform.registry;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/// Models of the user.
interface ModelRows extends JpaRepository<ModelRow, UUID> {

  /// The order names the user too, although it is one, so that H2 reads an index in its order and
  /// stops at the limit instead of sorting all there are.
  @Query("select r from ModelRow r where r.id > :after order by r.userId, r.id")
  List<ModelRow> page(UUID after, Limit limit);

  @Modifying
  @Query("update ModelRow m set m.updated = :now where m.id = :id")
  void touch(UUID id, Instant now);
}
