package ai.hartonomous.platform.analysis;

import ai.hartonomous.platform.analysis.Analysis.Task;
import ai.hartonomous.platform.job.JobOutcome;
import ai.hartonomous.platform.job.JobWorker;
import ai.hartonomous.platform.job.RunningJob;
import ai.hartonomous.platform.registry.Models;
import ai.hartonomous.platform.registry.Models.RegisteredModel;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.store.Folders.Binary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The job that does an analysis and keeps what came of it.
@Component
class AnalysisJob implements JobWorker {

  static final String KIND = "analysis";

  private final Map<AnalysisKind, Analysis<?>> analyses;
  private final AnalysisRows rows;
  private final Models models;
  private final Folders folders;
  private final JsonMapper json;

  AnalysisJob(
      List<Analysis<?>> analyses,
      AnalysisRows rows,
      Models models,
      Folders folders,
      JsonMapper json) {
    this.analyses =
        analyses.stream().collect(Collectors.toMap(Analysis::kind, Function.identity()));
    this.rows = rows;
    this.models = models;
    this.folders = folders;
    this.json = json;
  }

  /// What to do.
  ///
  /// @param modelId the model
  /// @param kind what to find out
  /// @param request the request of that kind
  record Order(UUID modelId, AnalysisKind kind, JsonNode request) {}

  /// What came of it.
  ///
  /// @param kind what was found out
  /// @param analysisId where it is kept
  record Result(AnalysisKind kind, UUID analysisId) {}

  @Override
  public String kind() {
    return KIND;
  }

  /// {@return what does a kind of analysis}
  ///
  /// @param kind the kind
  Analysis<?> of(AnalysisKind kind) {
    Analysis<?> found = analyses.get(kind);
    if (found == null) {
      throw new IllegalStateException("nothing does " + kind);
    }
    return found;
  }

  @Override
  public long memoryBytes(Object request) {
    Order order = (Order) request;
    return memoryBytes(of(order.kind), models.require(order.modelId), order.request);
  }

  private <R> long memoryBytes(Analysis<R> analysis, RegisteredModel model, JsonNode request) {
    return analysis.memoryBytes(model, json.treeToValue(request, analysis.request()));
  }

  @Override
  public JobOutcome run(RunningJob job) throws IOException, InterruptedException {
    Order order = job.request(Order.class);
    AnalysisRow made = rows.findFirstByJobId(job.id()).orElse(null);
    if (made != null) { // by an earlier version, which stored it before the job's end
      return new JobOutcome.Succeeded(new Result(order.kind, made.getId()));
    }
    Path incoming = folders.create();
    try {
      Path folder = Files.createDirectory(incoming.resolve(order.kind.label()));
      int threads = Runtime.getRuntime().availableProcessors();
      var task = new Task(models.require(order.modelId), folder, threads, job);
      Object report = report(of(order.kind), task, order.request);
      return new JobOutcome.Succeeded(new Result(order.kind, keep(job, order, report, folder)));
    } catch (IllegalArgumentException e) { // so engines refuse what does not fit the model
      return new JobOutcome.Failed(String.valueOf(e.getMessage()));
    } finally {
      Folders.delete(incoming);
    }
  }

  private <R> Object report(Analysis<R> analysis, Task task, JsonNode request)
      throws IOException, InterruptedException {
    return analysis.run(task, json.treeToValue(request, analysis.request()));
  }

  /// Keeps what an analysis made, and ends the job.
  ///
  /// @return id of the analysis
  UUID keep(RunningJob job, Order order, Object report, Path folder) throws IOException {
    AnalysisRow row = new AnalysisRow();
    folders.keep(
        row.getId(),
        folder,
        binaries -> {
          row.modelId = order.modelId;
          row.jobId = job.id();
          row.kind = order.kind;
          row.request = json.writeValueAsString(order.request);
          row.report = json.writeValueAsString(report);
          row.binaries = json.writeValueAsString(binaries);
          row.sizeBytes = binaries.stream().mapToLong(Binary::sizeBytes).sum();
          job.store(
              () -> {
                rows.save(row);
                return new Result(order.kind, row.getId());
              });
        });
    return row.getId();
  }
}
