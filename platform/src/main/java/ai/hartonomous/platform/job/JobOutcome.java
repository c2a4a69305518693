package ai.hartonomous.platform.job;

import org.jspecify.annotations.Nullable;

/// How the work of a job ended.
public sealed interface JobOutcome {

  /// There is a result.
  ///
  /// @param result is stored as JSON
  record Succeeded(Object result) implements JobOutcome {}

  /// The work did not reach its aim.
  ///
  /// @param reason one sentence for people
  /// @param result what was found out nevertheless, stored as JSON, or null
  record Failed(String reason, @Nullable Object result) implements JobOutcome {

    /// Failed without anything to tell but the reason.
    ///
    /// @param reason one sentence for people
    public Failed(String reason) {
      this(reason, null);
    }
  }
}
