package ai.hartonomous.platform.job;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.job.JobQueue.Claim;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// The job edge: does the work of claimed jobs, each on a thread of its own, and stores how it
/// ended.
@Component
class JobRunner {

  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private final Map<String, JobWorker> workers;
  private final JobBoard board;
  private final JobFolders folders;
  private final JobMetrics metrics;
  private final JsonMapper json;
  private final String data;
  private final Map<UUID, JobRun> runs = new ConcurrentHashMap<>();

  JobRunner(
      List<JobWorker> workers,
      JobBoard board,
      JobFolders folders,
      JobMetrics metrics,
      JsonMapper json,
      Settings settings) {
    this.workers = workers.stream().collect(Collectors.toMap(JobWorker::kind, Function.identity()));
    this.board = board;
    this.folders = folders;
    this.metrics = metrics;
    this.json = json;
    this.data = settings.data().toAbsolutePath().normalize() + "/";
  }

  /// Works on a claimed job until it ends.
  ///
  /// @param claim the job
  /// @param whenDone run in the end, however it ends
  void start(Claim claim, Runnable whenDone) {
    JobLease lease = claim.lease();
    var run = new JobRun(claim);
    runs.put(lease.job(), run);
    metrics.started();
    run.start(
        () -> {
          try (var _ = MDC.putCloseable("jobId", lease.job().toString())) {
            Tenant.as(lease.user(), () -> work(run));
          } finally {
            run.end();
            runs.remove(lease.job(), run);
            metrics.left();
            whenDone.run();
          }
        });
  }

  /// {@return the jobs that run in this process}
  Collection<JobRun> runs() {
    return runs.values();
  }

  /// {@return the run of a job in this process, or null}
  @Nullable JobRun run(UUID id) {
    return runs.get(id);
  }

  /// Interrupts all jobs that run in this process, to be run again later, and waits for them.
  ///
  /// @param most how long to wait for all together
  /// @throws InterruptedException if the thread is interrupted
  void park(Duration most) throws InterruptedException {
    List<JobRun> all = List.copyOf(runs.values());
    all.forEach(run -> run.interrupt(JobRun.Wish.PARK));
    long end = System.nanoTime() + most.toNanos();
    for (JobRun run : all) {
      if (!run.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
        LOG.warn("job {} does not stop in time; it will be taken over", run.lease().job());
      }
    }
  }

  /// {@return what a job would need, in bytes}
  long memoryBytes(String kind, Object request) {
    JobWorker worker = workers.get(kind);
    return worker == null ? 0 : worker.memoryBytes(request);
  }

  /// Forgets what an ended job kept to go on with.
  void forget(UUID id) {
    try {
      folders.forget(id);
    } catch (IOException e) {
      LOG.warn("what job {} kept cannot be removed", id, e);
    }
  }

  @SuppressWarnings("checkstyle:illegalcatch") // the thread's end: nobody is left to tell
  private void work(JobRun run) {
    JobLease lease = run.lease();
    try {
      boolean ended = workOrStop(run);
      if (ended) {
        forget(lease.job());
      }
    } catch (LostJobException e) {
      LOG.info("{}", e.getMessage());
    } catch (RuntimeException e) { // the database is gone; others will take the job over
      LOG.error("job {} is left as it is", lease.job(), e);
    }
  }

  /// {@return whether the job ended}
  private boolean workOrStop(JobRun run) {
    JobLease lease = run.lease();
    long begin = System.nanoTime();
    var job = new RunningJob(board.start(lease), lease, board, folders, json);
    try {
      JobOutcome outcome = outcome(run, job);
      run.end();
      if (!job.isStored()) {
        board.finish(lease, outcome);
      }
      boolean succeeded = job.isStored() || outcome instanceof JobOutcome.Succeeded;
      metrics.ended(
          job.kind(),
          succeeded ? JobState.SUCCEEDED : JobState.FAILED,
          Duration.ofNanos(System.nanoTime() - begin));
      return true;
    } catch (InterruptedException _) {
      run.end();
      return job.isStored() || stop(run);
    }
  }

  private boolean stop(JobRun run) {
    switch (run.wish()) {
      case CANCEL -> board.cancelled(run.lease());
      case LOSE -> throw new LostJobException(run.lease());
      case PARK, GO_ON -> {
        board.park(run.lease());
        metrics.returned("node-stopped");
      }
    }
    return run.wish() == JobRun.Wish.CANCEL;
  }

  @SuppressWarnings("checkstyle:illegalcatch") // the edge: whatever fails, fails the job only
  private JobOutcome outcome(JobRun run, RunningJob job) throws InterruptedException {
    JobWorker worker = workers.get(job.kind());
    if (worker == null) {
      return new JobOutcome.Failed("nothing here can do a " + job.kind());
    }
    try {
      return worker.run(job);
    } catch (LostJobException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (run.wish() != JobRun.Wish.GO_ON) { // an interrupt can surface as a failure of anything
        throw new InterruptedException(e.getMessage());
      }
      return failed(e);
    } catch (OutOfMemoryError e) {
      LOG.error("job {} needs more memory than there is", job.id(), e);
      return new JobOutcome.Failed("The work needs more memory than the server has.");
    }
  }

  /// Where the server keeps its files is no business of the user.
  private JobOutcome failed(Exception failure) {
    return switch (failure) {
      case IOException e when e.getMessage() != null ->
          new JobOutcome.Failed(e.getMessage().replace(data, ""));
      case ProblemException e when e.problem().detail() != null ->
          new JobOutcome.Failed(e.problem().detail());
      default -> {
        UUID id = UUID.randomUUID();
        LOG.error("failure {}", id, failure);
        yield new JobOutcome.Failed("The work failed; the server's log has the cause under " + id);
      }
    };
  }
}
