package ai.hartonomous.platform.analysis;

import ai.hartonomous.platform.job.RunningJob;
import ai.hartonomous.platform.registry.Models.RegisteredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/// Does one kind of analysis.
///
/// @param <R> what it is asked for
interface Analysis<R> {

  /// {@return what it finds out}
  AnalysisKind kind();

  /// {@return the class of its requests}
  Class<R> request();

  /// Refuses what cannot be done, before it is queued.
  ///
  /// @param modelId the model
  /// @param request what is asked for
  /// @throws ai.hartonomous.platform.web.ProblemException if the request names what is not there
  void check(UUID modelId, R request);

  /// Estimates what the work needs in memory.
  ///
  /// @param model the model
  /// @param request what is asked for
  /// @return bytes: the model's weights, and as much again for what is computed with them
  default long memoryBytes(RegisteredModel model, R request) {
    return 2 * model.weightBytes();
  }

  /// Works until done or interrupted.
  ///
  /// @param task what to work on
  /// @param request what is asked for
  /// @return what was found out, stored as JSON
  /// @throws InterruptedException if the job was cancelled or the server stops
  /// @throws IOException if a file is not as hoped; fails the job with the exception's message
  Object run(Task task, R request) throws IOException, InterruptedException;

  /// Forgets what was made from an analysis that is being deleted, in the current transaction.
  ///
  /// @param id the analysis
  default void forget(UUID id) {}

  /// What an analysis works on.
  ///
  /// @param model the model
  /// @param folder receives its files
  /// @param threads to compute with
  /// @param job hears how far it is
  record Task(RegisteredModel model, Path folder, int threads, RunningJob job) {}
}
