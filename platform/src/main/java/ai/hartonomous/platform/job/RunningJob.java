package ai.hartonomous.platform.job;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A job at work. Used by the one thread that works on it.
public final class RunningJob {

  private static final long QUIET_NANOS = Duration.ofMillis(200).toNanos();

  private final UUID id;
  private final String request;
  private final JobBoard board;
  private final JsonMapper json;
  private String lastStage = "";
  private double lastDone;
  private long lastReport = System.nanoTime() - QUIET_NANOS;

  RunningJob(JobRow row, JobBoard board, JsonMapper json) {
    this.id = row.getId();
    this.request = row.request;
    this.board = board;
    this.json = json;
  }

  /// {@return the job's id}
  public UUID id() {
    return id;
  }

  /// {@return what was asked for}
  ///
  /// @param <T> kind of request
  /// @param type its class
  public <T> T request(Class<T> type) {
    return json.readValue(request, type);
  }

  /// Tells how far the work is, without details.
  ///
  /// @param stage what kind of work goes on
  /// @param done part of the whole work that is done, 0 to 1
  /// @param message what happened last
  public void progress(String stage, double done, String message) {
    progress(stage, done, message, null);
  }

  /// Tells how far the work is. Within a stage, reports that follow each other closely are dropped.
  ///
  /// @param stage what kind of work goes on
  /// @param done part of the whole work that is done, 0 to 1
  /// @param message what happened last
  /// @param details what was found out so far, stored as JSON; null leaves what was told before
  public void progress(String stage, double done, String message, @Nullable Object details) {
    boolean quiet = System.nanoTime() - lastReport < QUIET_NANOS;
    if (quiet && stage.equals(lastStage)) {
      return;
    }
    lastStage = stage;
    lastDone = Math.max(lastDone, done);
    lastReport = System.nanoTime();
    board.report(id, stage, lastDone, message, details);
  }
}
