package ai.hartonomous.platform.job;

import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// The jobs of the user.
@Service
public class Jobs {

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
