package ai.hartonomous.platform.analysis;

import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.web.Problem;
import java.nio.file.Path;
import java.util.UUID;
import org.springframework.stereotype.Component;

/// Transcoders that were trained for the user's models.
@Component
class StoredCoders {

  private final AnalysisRows rows;
  private final Folders folders;

  StoredCoders(AnalysisRows rows, Folders folders) {
    this.rows = rows;
    this.folders = folders;
  }

  /// {@return the folder of a model's coders}
  ///
  /// @param modelId the model
  /// @param id of the analysis that made them
  /// @throws ai.hartonomous.platform.web.ProblemException if the user has no such coders of it
  Path require(UUID modelId, UUID id) {
    return rows.findByIdAndModelIdAndKind(id, modelId, AnalysisKind.TRANSCODERS)
        .map(row -> folders.of(row.getId()))
        .orElseThrow(
            () ->
                Problem.invalid(
                    "transcodersId", "there are no transcoders %s of this model".formatted(id)));
  }
}
