package ai.hartonomous.platform.agent;

import ai.hartonomous.distill.DistillRequest;
import ai.hartonomous.distill.DistillRequest.Target;
import ai.hartonomous.distill.Distiller;
import ai.hartonomous.distill.Outcome;
import ai.hartonomous.distill.ProgressListener;
import ai.hartonomous.distill.compose.CompositeOutcome;
import ai.hartonomous.distill.evaluate.PeakMemory;
import ai.hartonomous.distill.evaluate.SearchPoint;
import ai.hartonomous.distill.work.WorkFolderException;
import ai.hartonomous.platform.capability.Suites;
import ai.hartonomous.platform.job.JobOutcome;
import ai.hartonomous.platform.job.RunningJob;
import ai.hartonomous.platform.registry.Models;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.store.Folders.Binary;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// The job that makes an agent.
@Component
class Distillation {

  static final String KIND = "distillation";

  private static final Logger LOG = LoggerFactory.getLogger(Distillation.class);

  private final AgentRows rows;
  private final Models models;
  private final Suites suites;
  private final Folders folders;
  private final JsonMapper json;
  private final CompositeDistillation composite;
  private final InstantSource clock = InstantSource.system();

  Distillation(
      AgentRows rows,
      Models models,
      Suites suites,
      Folders folders,
      JsonMapper json,
      CompositeDistillation composite) {
    this.rows = rows;
    this.models = models;
    this.suites = suites;
    this.folders = folders;
    this.json = json;
    this.composite = composite;
  }

  /// What came of a distillation.
  ///
  /// @param outcome `agent_created` or `threshold_not_met`
  /// @param agentId the agent, if there is one
  /// @param report what was measured; the best that was reached where there is no agent
  record Result(String outcome, @Nullable UUID agentId, Object report) {}

  /// What a running distillation shows.
  ///
  /// @param search sizes that were tried so far
  record Details(List<SearchPoint> search) {}

  /// The weights of all sources, and of the largest twice more: in the making, and its gradients.
  long memoryBytes(Object request) {
    long all = 0;
    long largest = 0;
    for (UUID source : ((AgentRequest) request).sourceModelIds()) {
      long bytes = models.require(source).weightBytes();
      all += bytes;
      largest = Math.max(largest, bytes);
    }
    return all + 2 * largest;
  }

  /// See {@link ai.hartonomous.platform.job.JobWorker#run}.
  JobOutcome run(RunningJob job) throws IOException, InterruptedException {
    AgentRow made = rows.findFirstByJobId(job.id()).orElse(null);
    if (made != null) { // by an earlier version, which stored the agent before the job's end
      return succeeded(made.getId(), json.readTree(made.report));
    }
    AgentRequest request = job.request(AgentRequest.class);
    return request.sourceModelIds().size() == 1 ? one(job, request) : several(job, request);
  }

  private JobOutcome one(RunningJob job, AgentRequest request)
      throws IOException, InterruptedException {
    Path incoming = folders.create();
    try (Kernels kernels = Kernels.of(Runtime.getRuntime().availableProcessors())) {
      Outcome outcome = distill(kernels, request(request, incoming), job);
      RetentionReport report = report(request, outcome);
      return switch (outcome) {
        case Outcome.Made(_, Path folder) ->
            succeeded(
                keep(
                    job,
                    request,
                    new Kept(
                        folder, report, report.agent().components(), report.agent().parameters())),
                report);
        case Outcome.ThresholdNotMet(_, String reason) ->
            new JobOutcome.Failed(reason, new Result("threshold_not_met", null, report));
      };
    } finally {
      Folders.delete(incoming);
    }
  }

  /// The agent's memory is measured on request, where there is one.
  private RetentionReport report(AgentRequest request, Outcome outcome)
      throws InterruptedException {
    RetentionReport report = RetentionReport.of(outcome.report());
    if (!Objects.requireNonNullElse(request.measureMemory(), false)) {
      return report;
    }
    return switch (outcome) {
      case Outcome.Made(_, Path folder) -> {
        Path source = models.require(request.sourceModelIds().getFirst()).path();
        yield report.withMemory(
            PeakMemory.of(source).orElse(null), PeakMemory.of(folder).orElse(null));
      }
      case Outcome.ThresholdNotMet _ -> report;
    };
  }

  /// Goes on with what an earlier run of the job left. Where that no longer fits, since the model,
  /// a suite or the number of processors has changed, the job starts over.
  private Outcome distill(Kernels kernels, DistillRequest request, RunningJob job)
      throws IOException, InterruptedException {
    var distiller = new Distiller(kernels);
    try {
      return distiller.distill(request, job.work(), progress(job));
    } catch (WorkFolderException e) {
      LOG.info("job {} starts over: {}", job.id(), e.getMessage());
      job.startOver();
      return distiller.distill(request, job.work(), progress(job));
    }
  }

  private JobOutcome several(RunningJob job, AgentRequest request)
      throws IOException, InterruptedException {
    Path incoming = folders.create();
    try {
      Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      var task =
          new CompositeDistillation.Task(request, now, incoming.resolve("agent"), job.work());
      CompositeOutcome outcome = distil(task, job);
      CompositeView report = CompositeView.of(outcome.report());
      return switch (outcome) {
        case CompositeOutcome.Made(_, Path folder) ->
            succeeded(
                keep(
                    job,
                    request,
                    new Kept(
                        folder,
                        report,
                        Math.toIntExact(report.agent().components()),
                        report.agent().parameters())),
                report);
        case CompositeOutcome.ThresholdNotMet(_, String reason) ->
            new JobOutcome.Failed(reason, new Result("threshold_not_met", null, report));
      };
    } finally {
      Folders.delete(incoming);
    }
  }

  private CompositeOutcome distil(CompositeDistillation.Task task, RunningJob job)
      throws IOException, InterruptedException {
    try {
      return composite.distil(task, progress(job));
    } catch (WorkFolderException e) {
      LOG.info("job {} starts over: {}", job.id(), e.getMessage());
      job.startOver();
      return composite.distil(task, progress(job));
    }
  }

  private DistillRequest request(AgentRequest request, Path incoming) throws IOException {
    Path source = models.require(request.sourceModelIds().getFirst()).path();
    List<Path> others =
        Objects.requireNonNull(request.measuredCapabilities()).stream()
            .map(name -> suites.require("measuredCapabilities", name))
            .toList();
    return new DistillRequest(
            source,
            new DistillRequest.Suites(targets(request, incoming), others),
            Objects.requireNonNull(request.maxComponents()),
            Objects.requireNonNull(request.performanceThreshold()),
            Objects.requireNonNull(request.seed()),
            new DistillRequest.Stamp(
                "hartonomous", clock.instant().truncatedTo(ChronoUnit.SECONDS)),
            request.packing(),
            incoming.resolve("agent"))
        .withTargets(request.targets());
  }

  /// {@return the suites that are asked for, as one where none has a floor of its own}
  private List<Target> targets(AgentRequest request, Path incoming) throws IOException {
    if (Objects.requireNonNullElse(request.floors(), Map.of()).isEmpty()) {
      return List.of(new Target(target(request, incoming), null));
    }
    return request.requiredCapabilities().stream()
        .map(name -> new Target(suites.require("requiredCapabilities", name), request.floor(name)))
        .toList();
  }

  /// {@return the one suite that is asked for, or several written one after the other}
  private Path target(AgentRequest request, Path incoming) throws IOException {
    List<Path> files =
        request.requiredCapabilities().stream()
            .map(name -> suites.require("requiredCapabilities", name))
            .toList();
    if (files.size() == 1) {
      return files.getFirst();
    }
    Path all = incoming.resolve("target.jsonl");
    try (OutputStream out = Files.newOutputStream(all)) {
      for (Path file : files) {
        Files.copy(file, out);
        out.write('\n');
      }
    }
    return all;
  }

  private static ProgressListener progress(RunningJob job) {
    return step ->
        job.progress(
            step.stage().name().toLowerCase(Locale.ROOT),
            step.fraction(),
            step.message(),
            new Details(step.search()));
  }

  /// An agent to keep.
  private record Kept(Path folder, Object report, int components, long parameters) {}

  private UUID keep(RunningJob job, AgentRequest request, Kept kept) throws IOException {
    AgentRow row = new AgentRow();
    folders.keep(
        row.getId(),
        kept.folder(),
        binaries -> {
          row.name = request.name();
          row.domain = request.domain();
          row.jobId = job.id();
          row.request = json.writeValueAsString(request);
          row.report = json.writeValueAsString(kept.report());
          row.binaries = json.writeValueAsString(binaries);
          row.components = kept.components();
          row.parameters = kept.parameters();
          row.sizeBytes = binaries.stream().mapToLong(Binary::sizeBytes).sum();
          job.store(
              () -> {
                rows.save(row);
                return new Result("agent_created", row.getId(), kept.report());
              });
        });
    return row.getId();
  }

  private static JobOutcome succeeded(UUID agent, Object report) {
    return new JobOutcome.Succeeded(new Result("agent_created", agent, report));
  }
}
