package ai.hartonomous.samples.train;

import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.samples.SampleModel;
import java.time.Duration;
import java.util.List;

/// What came out of a run.
///
/// @param sample what was trained
/// @param recipe how
/// @param steps steps taken
/// @param tokens tokens of text trained, over all parts of a resumed run
/// @param rateTokensPerSecond of the last part of the run, evaluation included
/// @param time of the last part of the run
/// @param scores exact match on held-out items after rounding to bf16, one for each skill
public record TrainingResult(
    SampleModel sample,
    Recipe recipe,
    int steps,
    long tokens,
    double rateTokensPerSecond,
    Duration time,
    List<Score> scores) {

  /// Copies the list.
  public TrainingResult {
    scores = List.copyOf(scores);
  }
}
