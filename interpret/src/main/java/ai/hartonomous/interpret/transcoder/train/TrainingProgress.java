package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.HookPair;
import java.time.Duration;
import java.util.List;

/// How far a training is.
///
/// @param step steps done
/// @param steps steps in all
/// @param tokens tokens that each coder has seen
/// @param rateTokensPerSecond tokens each second since this run began
/// @param left time that the remaining steps take at that rate
/// @param coders the state of each coder
public record TrainingProgress(
    int step,
    int steps,
    long tokens,
    double rateTokensPerSecond,
    Duration left,
    List<CoderProgress> coders) {

  /// Copies the list.
  public TrainingProgress {
    coders = List.copyOf(coders);
  }

  /// How a coder did on the batches since the last report, before each was learnt from.
  ///
  /// @param pair what it reads and writes
  /// @param unexplained mean fraction of variance unexplained
  /// @param active mean number of active latents of a token
  /// @param deadShare share of the latents that count as dead, 0 to 1
  /// @param heldOut fraction of variance unexplained on the held-out stream at its last
  ///   measurement, NaN before the first
  public record CoderProgress(
      HookPair pair, double unexplained, double active, double deadShare, double heldOut) {}
}
