package ai.hartonomous.platform.corpus;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;

/// Texts of the user.
interface CorpusRows extends JpaRepository<CorpusRow, UUID> {

  Optional<CorpusRow> findFirstByName(String name);

  List<CorpusRow> findByIdGreaterThanOrderById(UUID after, Limit limit);
}
