package ai.hartonomous.distill.compose;

import java.nio.file.Path;

/// How a distillation of several sources ended.
public sealed interface CompositeOutcome {

  /// {@return what was measured}
  CompositeReport report();

  /// The agent keeps what was asked for.
  ///
  /// @param report what was measured
  /// @param folder where the agent lies
  record Made(CompositeReport report, Path folder) implements CompositeOutcome {}

  /// Something could not be kept within the limits; nothing was written.
  ///
  /// @param report what was measured up to there
  /// @param reason one sentence with the figures, beginning with `threshold_not_met: `
  record ThresholdNotMet(CompositeReport report, String reason) implements CompositeOutcome {}
}
