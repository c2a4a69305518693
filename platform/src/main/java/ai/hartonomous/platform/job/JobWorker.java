package ai.hartonomous.platform.job;

import java.io.IOException;
import java.util.UUID;

/// Does the work of one kind of job, on behalf of the job's user. After a crash or a stop of the
/// server the job is run again, so its effect must be one transaction at its end. It may keep
/// folders to go on with.
public interface JobWorker {

  /// {@return the kind of job}
  String kind();

  /// Works until done, failed or interrupted.
  ///
  /// @param job what to do, and where to tell how far it is
  /// @return how it ended
  /// @throws InterruptedException if the job was cancelled or the server stops
  /// @throws IOException if a file is not as hoped; fails the job with the exception's message
  JobOutcome run(RunningJob job) throws InterruptedException, IOException;

  /// Forgets what an ended job has kept to go on with; does nothing where there is nothing.
  ///
  /// @param job id of the job
  /// @throws IOException if the disk refuses
  default void forget(UUID job) throws IOException {}
}
