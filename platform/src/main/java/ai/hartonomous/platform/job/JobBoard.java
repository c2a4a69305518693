package ai.hartonomous.platform.job;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/// How the jobs stand: every change of a job is stored together with an event that tells of it.
@Component
class JobBoard {

  private static final int MAX_TEXT = 1_000;

  /// Folders in messages: where the server keeps a file is not the user's business.
  private static final Pattern FOLDERS = Pattern.compile("(?<![^\\s\"'])/\\S*/");

  private final JobRows jobs;
  private final JobEventRows events;
  private final JsonMapper json;
  private final InstantSource clock = InstantSource.system();

  JobBoard(JobRows jobs, JobEventRows events, JsonMapper json) {
    this.jobs = jobs;
    this.events = events;
    this.json = json;
  }

  @Transactional
  JobRow add(String kind, Object request) {
    JobRow row = jobs.saveAndFlush(new JobRow(kind, json.writeValueAsString(request)));
    tell(row, "state");
    return row;
  }

  @Transactional
  Optional<JobRow> find(UUID id) {
    return jobs.findById(id);
  }

  @Transactional
  List<JobEventRow> eventsAfter(UUID id, int number) {
    return events.findByJobIdAndNumberGreaterThanOrderByNumber(id, number);
  }

  /// {@return whether the job is now running; not if it ended meanwhile}
  @Transactional
  boolean start(UUID id) {
    return change(
        id,
        "state",
        row -> {
          row.state = JobState.RUNNING;
          row.started = clock.instant();
          row.progress = 0;
          return true;
        });
  }

  /// Puts a running job back, to be started again later.
  @Transactional
  void park(UUID id) {
    change(
        id,
        "state",
        row -> {
          row.state = JobState.QUEUED;
          return true;
        });
  }

  @Transactional
  void report(UUID id, String stage, double progress, String message, @Nullable Object details) {
    change(
        id,
        "progress",
        row -> {
          row.stage = stage;
          row.progress = Math.clamp(progress, 0, 1);
          row.message = shown(message);
          row.details = details == null ? row.details : json.writeValueAsString(details);
          return true;
        });
  }

  @Transactional
  void finish(UUID id, JobOutcome outcome) {
    change(
        id,
        "state",
        row -> {
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
          return true;
        });
  }

  /// Ends a job on its user's wish.
  ///
  /// @param onlyIf decides from the job as it stands
  /// @return whether it ended so
  @Transactional
  boolean cancel(UUID id, Predicate<JobRow> onlyIf) {
    return change(
        id,
        "state",
        row -> {
          if (!onlyIf.test(row)) {
            return false;
          }
          row.state = JobState.CANCELLED;
          row.ended = clock.instant();
          return true;
        });
  }

  private boolean change(UUID id, String type, Predicate<JobRow> change) {
    JobRow row = jobs.lock(id).orElse(null);
    if (row == null || row.state.isFinal() || !change.test(row)) {
      return false;
    }
    jobs.saveAndFlush(row);
    tell(row, type);
    return true;
  }

  private void tell(JobRow row, String type) {
    int number = events.countByJobId(row.getId()) + 1;
    String body = json.writeValueAsString(JobView.of(row));
    events.save(new JobEventRow(row.getId(), number, type, body));
  }

  private static String shown(String text) {
    String plain = FOLDERS.matcher(text).replaceAll("");
    return plain.length() > MAX_TEXT ? plain.substring(0, MAX_TEXT) : plain;
  }
}
