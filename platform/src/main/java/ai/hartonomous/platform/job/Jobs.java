package ai.hartonomous.platform.job;

import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// The jobs of the user.
@Service
public class Jobs {

  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  private final JobRows rows;
  private final JobBoard board;
  private final JobScheduler scheduler;
  private final JobRunner runner;

  Jobs(JobRows rows, JobBoard board, JobScheduler scheduler, JobRunner runner) {
    this.rows = rows;
    this.board = board;
    this.scheduler = scheduler;
    this.runner = runner;
  }

  /// Queues work.
  ///
  /// @param kind names the {@link JobWorker}
  /// @param request what it is asked for; stored as JSON
  /// @return the queued job
  @Transactional
  public JobView submit(String kind, Object request) {
    JobRow row = board.add(kind, request);
    scheduler.schedule(row.getId(), Tenant.current());
    return JobView.of(row);
  }

  /// {@return a job as it stands when it has ended, or when the time is over}
  ///
  /// @param id the job
  /// @param most how long to wait
  /// @throws InterruptedException if the thread is interrupted
  public JobView await(UUID id, Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    JobView job = get(id);
    while (!job.state().isFinal() && System.nanoTime() - end < 0) {
      Thread.sleep(LOOK_EVERY);
      job = get(id);
    }
    return job;
  }

  JobView get(UUID id) {
    return board.find(id).map(JobView::of).orElseThrow(() -> Problem.notFound("job", id));
  }

  Page<JobView> list(@Nullable String cursor, int limit) {
    var found =
        rows.findByIdGreaterThanOrderById(
            Page.idAfter(cursor), Limit.of(Page.checkedLimit(limit) + 1));
    return Page.of(found, limit, JobView::of, JobRow::getId);
  }

  /// Ends a job: at once if it waits, soon if it runs; one that ended stays as it is.
  JobView cancel(UUID id) {
    if (board.cancel(id, row -> row.state == JobState.QUEUED)) {
      JobView cancelled = get(id);
      runner.forget(cancelled.kind(), id);
      return cancelled;
    }
    get(id);
    runner.interrupt(id);
    return get(id);
  }
}
