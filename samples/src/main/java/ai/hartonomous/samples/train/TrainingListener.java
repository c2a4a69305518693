package ai.hartonomous.samples.train;

import ai.hartonomous.distill.capability.Score;
import java.util.List;

/// Hears how a training run gets on.
public interface TrainingListener {

  /// Some steps were taken.
  ///
  /// @param step steps so far
  /// @param tokens tokens of text so far
  /// @param loss mean over the last steps, nats per token of an answer
  void stepped(int step, long tokens, double loss);

  /// The model was measured with calibration items.
  ///
  /// @param step steps so far
  /// @param scores one for each skill
  void evaluated(int step, List<Score> scores);
}
