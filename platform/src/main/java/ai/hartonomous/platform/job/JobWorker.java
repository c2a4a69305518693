package ai.hartonomous.platform.job;

import java.io.IOException;

/// Does the work of one kind of job, on behalf of the job's user. After a crash or a stop of the
/// server the job is run again, perhaps by another one, so whatever it makes must be stored by
/// {@link RunningJob#store} at its end. It may keep a folder to go on with.
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

  /// Estimates what a job needs while it runs, so that a node takes no more than it has room for.
  ///
  /// @param request what is asked for, as it was submitted
  /// @return bytes; 0 where it does not count
  default long memoryBytes(Object request) {
    return 0;
  }
}
