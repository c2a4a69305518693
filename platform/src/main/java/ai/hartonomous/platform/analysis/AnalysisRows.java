package ai.hartonomous.platform.analysis;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;

/// Analyses of the user's models.
interface AnalysisRows extends JpaRepository<AnalysisRow, UUID> {

  Optional<AnalysisRow> findFirstByJobId(UUID jobId);

  Optional<AnalysisRow> findByIdAndModelIdAndKind(UUID id, UUID modelId, AnalysisKind kind);

  Optional<AnalysisRow> findFirstByModelIdAndKindInOrderByIdDesc(
      UUID modelId, Collection<AnalysisKind> kinds);

  List<AnalysisRow> findByModelIdAndKindAndIdGreaterThanOrderById(
      UUID modelId, AnalysisKind kind, UUID after, Limit limit);
}
