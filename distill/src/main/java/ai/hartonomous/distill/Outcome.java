package ai.hartonomous.distill;

import ai.hartonomous.distill.evaluate.Report;
import java.nio.file.Path;

/// How a distillation ended.
public sealed interface Outcome {

  /// {@return what was measured}
  Report report();

  /// The agent keeps what was asked for.
  ///
  /// @param report what was measured
  /// @param folder where the agent lies
  record Made(Report report, Path folder) implements Outcome {}

  /// No size within the limits kept enough; nothing was written.
  ///
  /// @param report the best that was reached
  /// @param reason one sentence with the figures
  record ThresholdNotMet(Report report, String reason) implements Outcome {}
}
