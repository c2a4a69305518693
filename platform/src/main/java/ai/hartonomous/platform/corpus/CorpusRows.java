package ai.hartonomous.platform.corpus;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/// Texts of the user.
interface CorpusRows extends JpaRepository<CorpusRow, UUID> {

  Optional<CorpusRow> findFirstByName(String name);

  /// Ordered by the user too, see the pages of models.
  @Query("select r from CorpusRow r where r.id > :after order by r.userId, r.id")
  List<CorpusRow> page(UUID after, Limit limit);
}
