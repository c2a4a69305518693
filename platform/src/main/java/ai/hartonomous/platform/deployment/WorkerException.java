package ai.hartonomous.platform.deployment;

import java.io.IOException;

/// A worker did not start.
final class WorkerException extends IOException {

  private static final long serialVersionUID = 1L;

  private final boolean refusal;

  /// Says why.
  ///
  /// @param reason goes on after "the worker"
  WorkerException(String reason) {
    super(reason);
    refusal = false;
  }

  private WorkerException(String reason, boolean refusal) {
    super(reason);
    this.refusal = refusal;
  }

  /// {@return what a worker says that will not serve an agent, whenever it is started}
  ///
  /// @param reason goes on after "the worker"
  static WorkerException refusal(String reason) {
    return new WorkerException(reason, true);
  }

  /// {@return whether the worker itself said why}
  boolean isRefusal() {
    return refusal;
  }

  /// Says why.
  ///
  /// @param reason goes on after "the worker"
  /// @param cause what failed
  WorkerException(String reason, Throwable cause) {
    super(reason, cause);
    refusal = false;
  }
}
