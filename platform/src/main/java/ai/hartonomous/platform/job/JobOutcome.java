package ai.hartonomous.platform.job;

/// How the work of a job ended.
public sealed interface JobOutcome {

  /// There is a result.
  ///
  /// @param result is stored as JSON
  record Succeeded(Object result) implements JobOutcome {}

  /// There is none.
  ///
  /// @param reason one sentence for people
  record Failed(String reason) implements JobOutcome {}
}
