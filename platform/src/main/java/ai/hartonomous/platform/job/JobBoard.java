package ai.hartonomous.platform.job;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.json.JsonMapper;

/// How the jobs stand: every change of a job is stored together with an event that tells of it.
/// Changes lock the job's row, so events are numbered without gaps, and a run that has lost its job
/// changes nothing.
@Component
class JobBoard {

  private static final int MAX_TEXT = 1_000;

  /// Folders in messages: where the server keeps a file is not the user's business.
  private static final Pattern FOLDERS = Pattern.compile("(?<![^\\s\"'])/\\S*/");

  private static final String STATE = "state";
  private static final String PROGRESS = "progress";

  private final JobRows jobs;
  private final JobEventRows events;
  private final JobFeed feed;
  private final JsonMapper json;
  private final InstantSource clock = InstantSource.system();

  JobBoard(JobRows jobs, JobEventRows events, JobFeed feed, JsonMapper json) {
    this.jobs = jobs;
    this.events = events;
    this.feed = feed;
    this.json = json;
  }

  @Transactional
  JobRow add(String kind, Object request, long memoryBytes) {
    var row = new JobRow(kind, json.writeValueAsString(request), memoryBytes);
    change(row, STATE);
    return row;
  }

  @Transactional(readOnly = true)
  Optional<JobRow> find(UUID id) {
    return jobs.findById(id);
  }

  @Transactional(readOnly = true)
  List<JobEventRow> eventsAfter(UUID id, int number) {
    return events.findByJobIdAndNumberGreaterThanOrderByNumber(id, number);
  }

  /// Tells that a claimed job is being worked on.
  ///
  /// @return the job
  /// @throws LostJobException if it is no longer claimed
  @Transactional
  JobRow start(JobLease lease) {
    return change(
        lease,
        STATE,
        row -> {
          row.started = clock.instant();
          row.progress = 0;
        });
  }

  /// Puts a running job back, to be started again later, by whatever node.
  ///
  /// @throws LostJobException if the run has lost its job
  @Transactional
  void park(JobLease lease) {
    change(lease, STATE, JobBoard::enqueue);
  }

  /// Tells how far a job is.
  ///
  /// @throws LostJobException if the run has lost its job
  @Transactional
  void report(
      JobLease lease, String stage, double progress, String message, @Nullable Object details) {
    change(
        lease,
        PROGRESS,
        row -> {
          row.stage = stage;
          row.progress = Math.clamp(progress, 0, 1);
          row.message = shown(message);
          row.details = details == null ? row.details : json.writeValueAsString(details);
        });
  }

  /// Stores what a job was to make, and ends the job, in one transaction: both are stored, or
  /// neither.
  ///
  /// @param effect stores it in the current transaction, and gives the job's result
  /// @throws LostJobException if the run has lost its job; nothing is stored
  @Transactional
  void store(JobLease lease, Supplier<Object> effect) {
    change(lease, STATE, row -> end(row, new JobOutcome.Succeeded(effect.get())));
  }

  /// Stores a part of what a job makes.
  ///
  /// @param effect stores it in the current transaction
  /// @throws LostJobException if the run has lost its job; nothing is stored
  @Transactional
  void storePart(JobLease lease, Runnable effect) {
    held(lease);
    effect.run();
  }

  /// Ends a job that stored nothing.
  ///
  /// @throws LostJobException if the run has lost its job
  @Transactional
  void finish(JobLease lease, JobOutcome outcome) {
    change(lease, STATE, row -> end(row, outcome));
  }

  /// Ends a job whose work has stopped on its user's wish.
  ///
  /// @throws LostJobException if the run has lost its job
  @Transactional
  void cancelled(JobLease lease) {
    change(lease, STATE, this::cancel);
  }

  /// Ends a waiting job, or asks the node that runs it to end it.
  ///
  /// @return the job, or nothing if the user has no such job
  @Transactional
  Optional<JobRow> cancel(UUID id) {
    Optional<JobRow> found = jobs.lock(id);
    found.ifPresent(
        row -> {
          if (row.state == JobState.QUEUED) {
            cancel(row);
            change(row, STATE);
          } else if (row.state == JobState.RUNNING) {
            row.cancelRequested = true;
          }
        });
    return found;
  }

  /// Changes how urgent a job is, if it waits.
  ///
  /// @return the job, or nothing if the user has no such job
  @Transactional
  Optional<JobRow> urge(UUID id, int urgency) {
    Optional<JobRow> found = jobs.lock(id);
    found
        .filter(row -> row.state == JobState.QUEUED)
        .ifPresent(
            row -> {
              row.urgency = urgency;
              change(row, STATE);
            });
    return found;
  }

  /// Puts a job back whose node is gone.
  ///
  /// @param id the job
  /// @param epoch which start of it was left
  /// @param most how often a job may be left by its node; once more, and it fails
  /// @return whether the job was still running so
  @Transactional
  boolean takeOver(UUID id, int epoch, int most) {
    JobRow row = jobs.lock(id).orElse(null);
    if (row == null || row.state != JobState.RUNNING || row.epoch != epoch) {
      return false;
    }
    row.takeovers++;
    if (row.cancelRequested) {
      cancel(row);
    } else if (row.takeovers > most) {
      end(
          row,
          new JobOutcome.Failed(
              "The server was lost %d times while it worked on this.".formatted(row.takeovers)));
    } else {
      enqueue(row);
    }
    change(row, STATE);
    return true;
  }

  private static void enqueue(JobRow row) {
    row.state = JobState.QUEUED;
    row.node = null;
    row.leaseUntil = null;
  }

  private void cancel(JobRow row) {
    row.state = JobState.CANCELLED;
    row.ended = clock.instant();
  }

  private void end(JobRow row, JobOutcome outcome) {
    switch (outcome) {
      case JobOutcome.Succeeded(Object result) -> {
        row.state = JobState.SUCCEEDED;
        row.result = json.writeValueAsString(result);
        row.progress = 1;
      }
      case JobOutcome.Failed(String reason, Object result) -> {
        row.state = JobState.FAILED;
        row.result = result == null ? null : json.writeValueAsString(result);
        row.failure = shown(reason);
      }
    }
    row.ended = clock.instant();
  }

  private JobRow change(JobLease lease, String type, Consumer<JobRow> change) {
    JobRow row = held(lease);
    change.accept(row);
    change(row, type);
    return row;
  }

  /// {@return the locked row of a job that a run still has}
  private JobRow held(JobLease lease) {
    JobRow row = jobs.lock(lease.job()).orElseThrow(() -> new LostJobException(lease));
    if (row.state != JobState.RUNNING || row.epoch != lease.epoch()) {
      throw new LostJobException(lease);
    }
    return row;
  }

  private void change(JobRow row, String type) {
    row.lastEvent++;
    jobs.saveAndFlush(row);
    String body = json.writeValueAsString(JobView.of(row));
    events.save(new JobEventRow(row.getId(), row.lastEvent, type, body));
    UUID id = row.getId();
    var event = new JobEvent(row.lastEvent, type, body, row.state.isFinal());
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            feed.tell(id, event);
          }
        });
  }

  private static String shown(String text) {
    String plain = FOLDERS.matcher(text).replaceAll("");
    return plain.length() > MAX_TEXT ? plain.substring(0, MAX_TEXT) : plain;
  }
}
