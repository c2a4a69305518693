package ai.hartonomous.platform.job;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A job at work. Used by the one thread that works on it.
public final class RunningJob {

  private static final long QUIET_NANOS = Duration.ofMillis(200).toNanos();

  private static final double LEAST_STEP = 0.005;
  private static final int MOST_STAGES = 1_000;

  private final UUID id;
  private final String kind;
  private final String request;
  private final JobLease lease;
  private final JobFolders folders;
  private final JobBoard board;
  private final JsonMapper json;
  private boolean stored;
  private String lastStage = "";
  private double lastDone;
  private int reports;
  private final long begin = System.nanoTime();
  private long lastReport = System.nanoTime() - QUIET_NANOS;

  RunningJob(JobRow row, JobLease lease, JobBoard board, JobFolders folders, JsonMapper json) {
    this.id = row.getId();
    this.kind = row.kind;
    this.lease = lease;
    this.folders = folders;
    this.request = row.request;
    this.board = board;
    this.json = json;
  }

  /// {@return the job's id}
  public UUID id() {
    return id;
  }

  String kind() {
    return kind;
  }

  /// {@return a folder of this job alone, with what an earlier start of the job left there, or not
  /// there yet; it is removed when the job has ended}
  ///
  /// @throws IOException if the disk refuses
  public Path work() throws IOException {
    return folders.adopt(lease);
  }

  /// Puts aside what an earlier start left in {@link #work} and cannot be used.
  ///
  /// @throws IOException if the disk refuses
  public void startOver() throws IOException {
    folders.refuse(lease);
  }

  /// Stores what the job was to make, and ends the job, in one transaction. To be called once, at
  /// the end of the work; whatever the worker returns after it no longer counts.
  ///
  /// @param effect stores it in the current transaction, and gives the job's result, which is
  ///   stored as JSON
  /// @throws RuntimeException if the job was taken over by another node or the database refuses;
  ///   then nothing is stored
  public void store(Supplier<Object> effect) {
    board.store(lease, effect);
    stored = true;
  }

  /// Stores a part of what the job makes before its end, in a transaction of its own. A later start
  /// of the job may do it again, so a part has to replace itself.
  ///
  /// @param effect stores it in the current transaction
  /// @throws RuntimeException if the job was taken over by another node or the database refuses;
  ///   then nothing is stored
  public void storePart(Runnable effect) {
    board.storePart(lease, effect);
  }

  boolean isStored() {
    return stored;
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

  /// Tells how far the work is. Within a stage, reports are dropped that follow each other closely,
  /// or say little new: a job has some hundreds of events, however long it runs.
  ///
  /// @param stage what kind of work goes on
  /// @param done part of the whole work that is done, 0 to 1
  /// @param message what happened last
  /// @param details what was found out so far, stored as JSON; null leaves what was told before
  public void progress(String stage, double done, String message, @Nullable Object details) {
    long now = System.nanoTime();
    boolean sameStage = stage.equals(lastStage) || reports > MOST_STAGES;
    if (sameStage && !isWorthTelling(done, now - lastReport, now - begin)) {
      return;
    }
    reports++;
    lastStage = stage;
    lastDone = Math.max(lastDone, done);
    lastReport = now;
    board.report(lease, stage, lastDone, message, details);
  }

  /// {@return whether half a percent more is done, or a fiftieth of the time since the start has
  /// passed}
  private boolean isWorthTelling(double done, long sinceLast, long sinceBegin) {
    return sinceLast >= QUIET_NANOS
        && (done - lastDone >= LEAST_STEP || sinceLast >= sinceBegin / 50);
  }
}
