package ai.hartonomous.platform.job;

import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// The jobs of the user.
@Service
public class Jobs {

  private final JobRows rows;
  private final JobBoard board;
  private final JobQueue queue;
  private final JobDispatcher dispatcher;
  private final JobRunner runner;
  private final JobFeed feed;

  Jobs(
      JobRows rows,
      JobBoard board,
      JobQueue queue,
      JobDispatcher dispatcher,
      JobRunner runner,
      JobFeed feed) {
    this.rows = rows;
    this.board = board;
    this.queue = queue;
    this.dispatcher = dispatcher;
    this.runner = runner;
    this.feed = feed;
  }

  /// Queues work.
  ///
  /// @param kind names the {@link JobWorker}
  /// @param request what it is asked for; stored as JSON
  /// @return the queued job
  /// @throws ai.hartonomous.platform.web.ProblemException with status 429 if too many of the user's
  ///   jobs wait, or 422 if this server could never run it
  @Transactional
  public JobView submit(String kind, Object request) {
    long memoryBytes = runner.memoryBytes(kind, request);
    queue.admit(Tenant.current(), memoryBytes);
    JobRow row = board.add(kind, request, memoryBytes);
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            dispatcher.wake();
          }
        });
    return JobView.of(row);
  }

  /// {@return a job as it stands when it has ended, or when the time is over}
  ///
  /// @param id the job
  /// @param most how long to wait
  /// @throws InterruptedException if the thread is interrupted
  public JobView await(UUID id, Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    try (JobFeed.Subscription subscription = feed.subscribe(id)) {
      JobView job = get(id);
      while (!job.state().isFinal() && !subscription.isClosed() && System.nanoTime() - end < 0) {
        JobEvent event = subscription.next(Duration.ofNanos(end - System.nanoTime()));
        if (event == null || event.isHint() || event.last()) {
          job = get(id);
        }
      }
      return job;
    }
  }

  JobView get(UUID id) {
    return board.find(id).map(JobView::of).orElseThrow(() -> Problem.notFound("job", id));
  }

  /// {@return a page of jobs}
  ///
  /// @param states of these states; of any if empty
  /// @param kind of this kind; of any if empty
  Page<JobView> list(Set<JobState> states, String kind, @Nullable String cursor, int limit) {
    var found =
        rows.page(
            Page.idAfter(cursor),
            states.isEmpty() ? EnumSet.allOf(JobState.class) : states,
            kind,
            Limit.of(Page.checkedLimit(limit) + 1));
    return Page.of(found, limit, JobView::of, JobRow::getId);
  }

  /// Changes how urgent a waiting job is among its user's.
  ///
  /// @param urgency from 0, which goes first, to 7
  JobView urge(UUID id, int urgency) {
    JobRow row = board.urge(id, urgency).orElseThrow(() -> Problem.notFound("job", id));
    if (row.state != JobState.QUEUED) {
      throw Problem.conflict("Only a waiting job can be made more or less urgent.");
    }
    return JobView.of(row);
  }

  /// Ends a job: at once if it waits, soon if it runs; one that ended stays as it is.
  JobView cancel(UUID id) {
    JobRow row = board.cancel(id).orElseThrow(() -> Problem.notFound("job", id));
    JobRun run = runner.run(id);
    if (row.state == JobState.CANCELLED) {
      runner.forget(id);
    } else if (run != null) {
      run.interrupt(JobRun.Wish.CANCEL); // the node of a run elsewhere looks soon
    }
    return get(id);
  }
}
