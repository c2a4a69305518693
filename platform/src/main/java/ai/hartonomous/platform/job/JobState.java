package ai.hartonomous.platform.job;

/// Where a job stands.
public enum JobState {
  /// Waits for its turn.
  QUEUED,
  /// Is being worked on.
  RUNNING,
  /// Ended with a result.
  SUCCEEDED,
  /// Ended with a reason and without a result.
  FAILED,
  /// Was ended by its user.
  CANCELLED;

  /// {@return whether nothing more happens}
  public boolean isFinal() {
    return this == SUCCEEDED || this == FAILED || this == CANCELLED;
  }
}
