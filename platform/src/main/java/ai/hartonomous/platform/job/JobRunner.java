package ai.hartonomous.platform.job;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// The job edge: does the work of one job on the calling thread and stores how it ended.
@Component
class JobRunner {

  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private final Map<String, JobWorker> workers;
  private final JobBoard board;
  private final JsonMapper json;
  private final String data;
  private final Map<UUID, Run> runs = new ConcurrentHashMap<>();

  JobRunner(List<JobWorker> workers, JobBoard board, JsonMapper json, Settings settings) {
    this.workers = workers.stream().collect(Collectors.toMap(JobWorker::kind, Function.identity()));
    this.board = board;
    this.json = json;
    this.data = settings.data().toAbsolutePath().normalize() + "/";
  }

  /// The job was interrupted because the server stops; it waits to be started again.
  static final class Parked extends RuntimeException {}

  /// Works on a job until it ends.
  ///
  /// @param id the job
  /// @param user its user
  /// @throws Parked if the server stops
  void run(UUID id, String user) {
    Tenant.as(user, () -> board.find(id).ifPresent(this::run));
  }

  /// Interrupts a job that runs in this process.
  void interrupt(UUID id) {
    Run run = runs.get(id);
    if (run != null) {
      run.cancel();
    }
  }

  /// Interrupts all jobs that run in this process, to be run again later.
  void park() {
    runs.values().forEach(Run::park);
  }

  /// Forgets what an ended job kept to go on with.
  void forget(String kind, UUID id) {
    JobWorker worker = workers.get(kind);
    if (worker == null) {
      return;
    }
    try {
      worker.forget(id);
    } catch (IOException e) {
      LOG.warn("what job {} kept cannot be removed", id, e);
    }
  }

  private void run(JobRow row) {
    UUID id = row.getId();
    var run = new Run(Thread.currentThread());
    runs.put(id, run);
    try {
      if (board.start(id)) {
        JobOutcome outcome = work(row);
        run.end();
        board.finish(id, outcome);
      }
    } catch (InterruptedException _) {
      run.end();
      if (!run.cancelled) {
        board.park(id);
        throw new Parked();
      }
      board.cancel(id, _ -> true);
    } finally {
      run.end();
      runs.remove(id);
    }
    forget(row.kind, id);
  }

  @SuppressWarnings("checkstyle:illegalcatch") // the edge: whatever fails, fails the job only
  private JobOutcome work(JobRow row) throws InterruptedException {
    JobWorker worker = workers.get(row.kind);
    if (worker == null) {
      return new JobOutcome.Failed("nothing here can do a " + row.kind);
    }
    try {
      return worker.run(new RunningJob(row, board, json));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return failed(e);
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

  /// A thread at work on a job, interrupted only while it works.
  private static final class Run {

    private final Thread thread;
    private boolean ended;
    private boolean cancelled;

    Run(Thread thread) {
      this.thread = thread;
    }

    synchronized void cancel() {
      cancelled |= !ended;
      park();
    }

    synchronized void park() {
      if (!ended) {
        thread.interrupt();
      }
    }

    @SuppressWarnings(
        "ThreadInterruptedClear") // an interrupt that came too late must not hit the next job
    synchronized void end() {
      if (!ended) {
        ended = true;
        Thread.interrupted();
      }
    }
  }
}
