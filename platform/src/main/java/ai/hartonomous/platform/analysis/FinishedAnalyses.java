package ai.hartonomous.platform.analysis;

import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.web.Problem;
import java.nio.file.Path;
import java.util.UUID;
import org.springframework.stereotype.Service;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What analyses of the user's models have found, for rooms that build on it.
@Service
public class FinishedAnalyses {

  private final AnalysisRows rows;
  private final Folders folders;
  private final JsonMapper json;

  FinishedAnalyses(AnalysisRows rows, Folders folders, JsonMapper json) {
    this.rows = rows;
    this.folders = folders;
    this.json = json;
  }

  /// A finished analysis.
  ///
  /// @param id its id
  /// @param modelId the model
  /// @param kind what was found out, such as `circuits`
  /// @param request what was asked for
  /// @param report what was found out
  /// @param folder its files
  public record Finished(
      UUID id, UUID modelId, String kind, JsonNode request, JsonNode report, Path folder) {}

  /// {@return whether the user has an analysis}
  ///
  /// @param id its id
  public boolean has(UUID id) {
    return rows.existsById(id);
  }

  /// {@return an analysis to work with}
  ///
  /// @param id its id
  /// @throws ai.hartonomous.platform.web.ProblemException if the user has no such analysis
  public Finished require(UUID id) {
    return rows.findById(id)
        .map(
            row ->
                new Finished(
                    id,
                    row.modelId,
                    row.kind.label(),
                    json.readTree(row.request),
                    json.readTree(row.report),
                    folders.of(id)))
        .orElseThrow(() -> Problem.notFound("analysis", id));
  }
}
