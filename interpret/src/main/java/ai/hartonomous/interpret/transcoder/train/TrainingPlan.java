package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.ActivationStream;
import java.nio.file.Path;
import java.util.Optional;

/// How a training is run; nothing here changes what a step computes.
///
/// @param threads threads that compute, at least 1
/// @param reportEvery steps between two reports, at least 1
/// @param keeping where and how often to keep the state, if at all
/// @param stopping when to stop early, if at all
public record TrainingPlan(
    int threads, int reportEvery, Optional<Keeping> keeping, Optional<Stopping> stopping) {

  /// Keeps the state in a file, from which the same training goes on where it stood. The file is
  /// replaced as a whole: what is killed while it is written leaves the one before.
  ///
  /// @param file the file; if it exists, the training goes on from it
  /// @param every steps between two writings, at least 1
  public record Keeping(Path file, int every) {}

  /// Stops when the coders no longer get better on values they do not learn from. The weights are
  /// those of the step at which it stops.
  ///
  /// @param heldOut values of the same pairs
  /// @param batches number of its batches, from the first, at least 1
  /// @param every steps between two measurements, at least 1
  /// @param patience measurements in a row without improvement after which it stops, at least 1;
  ///   {@link Integer#MAX_VALUE} to measure only
  public record Stopping(ActivationStream heldOut, int batches, int every, int patience) {}

  /// {@return a plan that neither keeps nor stops}
  ///
  /// @param threads threads that compute
  public static TrainingPlan of(int threads) {
    return new TrainingPlan(threads, 100, Optional.empty(), Optional.empty());
  }

  /// {@return this plan, keeping the state}
  ///
  /// @param keeping where and how often
  public TrainingPlan with(Keeping keeping) {
    return new TrainingPlan(threads, reportEvery, Optional.of(keeping), stopping);
  }

  /// {@return this plan, stopping early}
  ///
  /// @param stopping when
  public TrainingPlan with(Stopping stopping) {
    return new TrainingPlan(threads, reportEvery, keeping, Optional.of(stopping));
  }
}
