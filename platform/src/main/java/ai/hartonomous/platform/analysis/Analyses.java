package ai.hartonomous.platform.analysis;

import ai.hartonomous.platform.job.JobView;
import ai.hartonomous.platform.job.Jobs;
import ai.hartonomous.platform.registry.Models;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.store.Folders.Binary;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The analyses of the user's models.
@Service
class Analyses {

  private final AnalysisRows rows;
  private final AnalysisJob worker;
  private final Models models;
  private final Jobs jobs;
  private final Folders folders;
  private final JsonMapper json;

  Analyses(
      AnalysisRows rows,
      AnalysisJob worker,
      Models models,
      Jobs jobs,
      Folders folders,
      JsonMapper json) {
    this.rows = rows;
    this.worker = worker;
    this.models = models;
    this.jobs = jobs;
    this.folders = folders;
    this.json = json;
  }

  /// Queues an analysis.
  JobView submit(UUID modelId, AnalysisKind kind, Object request) {
    models.require(modelId);
    check(worker.of(kind), modelId, request);
    return jobs.submit(
        AnalysisJob.KIND, new AnalysisJob.Order(modelId, kind, json.valueToTree(request)));
  }

  private static <R> void check(Analysis<R> analysis, UUID modelId, Object request) {
    analysis.check(modelId, analysis.request().cast(request));
  }

  AnalysisView get(UUID modelId, AnalysisKind kind, UUID id) {
    return view(row(modelId, kind, id));
  }

  Page<AnalysisView> list(UUID modelId, AnalysisKind kind, @Nullable String cursor, int limit) {
    models.require(modelId);
    var found =
        rows.findByModelIdAndKindAndIdGreaterThanOrderById(
            modelId, kind, Page.idAfter(cursor), Limit.of(Page.checkedLimit(limit) + 1));
    return Page.of(found, limit, this::view, AnalysisRow::getId);
  }

  /// {@return one file of an analysis}
  ///
  /// @param path one of its files, exactly as it lists them
  Path file(UUID modelId, AnalysisKind kind, UUID id, String path) {
    AnalysisRow row = row(modelId, kind, id);
    // Only what is listed is served, so no path leads outside the folder.
    return binaries(row).stream()
        .filter(binary -> binary.path().equals(path))
        .findFirst()
        .map(binary -> folders.of(id).resolve(binary.path()))
        .orElseThrow(() -> Problem.notFound("file", path));
  }

  /// {@return the folder of features in which there is a file of `coder`}
  Path folder(UUID modelId, UUID id, String coder) {
    Path file = file(modelId, AnalysisKind.FEATURES, id, coder + FeatureAnalysis.ENDING);
    return Objects.requireNonNull(file.getParent());
  }

  void delete(UUID modelId, AnalysisKind kind, UUID id) throws IOException {
    AnalysisRow row = row(modelId, kind, id);
    folders.remove(
        id,
        () -> {
          rows.delete(row);
          worker.of(kind).forget(id);
        });
  }

  private AnalysisRow row(UUID modelId, AnalysisKind kind, UUID id) {
    return rows.findByIdAndModelIdAndKind(id, modelId, kind)
        .orElseThrow(() -> Problem.notFound(kind.label(), id));
  }

  private List<Binary> binaries(AnalysisRow row) {
    return json.readValue(row.binaries, new TypeReference<List<Binary>>() {});
  }

  private AnalysisView view(AnalysisRow row) {
    return new AnalysisView(
        row.getId(),
        row.modelId,
        row.kind,
        row.jobId,
        row.request,
        row.report,
        binaries(row),
        row.sizeBytes,
        row.created());
  }

  /// An analysis as the API shows it.
  ///
  /// @param id its id
  /// @param modelId the model
  /// @param kind what was found out
  /// @param jobId the job that did it
  /// @param request what was asked for
  /// @param report what was found out
  /// @param files its files
  /// @param sizeBytes all its files together
  /// @param created when it was done
  record AnalysisView(
      UUID id,
      UUID modelId,
      AnalysisKind kind,
      UUID jobId,
      @JsonRawValue String request,
      @JsonRawValue String report,
      List<Binary> files,
      long sizeBytes,
      Instant created) {}
}
