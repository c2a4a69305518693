package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.SparseCoder;
import java.util.List;

/// What a training made.
///
/// @param coders one for each pair of the stream, in its order
/// @param steps steps done
/// @param tokens tokens that each coder saw
/// @param stoppedEarly whether it stopped because the coders no longer got better
public record TrainingResult(
    List<SparseCoder> coders, int steps, long tokens, boolean stoppedEarly) {

  /// Copies the list.
  public TrainingResult {
    coders = List.copyOf(coders);
  }
}
