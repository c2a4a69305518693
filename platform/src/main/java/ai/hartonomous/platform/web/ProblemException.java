package ai.hartonomous.platform.web;

/// Ends a request with a problem.
public final class ProblemException extends RuntimeException {

  private final transient Problem problem;

  /// Carries a problem to the edge.
  ///
  /// @param problem what the client is told
  public ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  /// {@return what the client is told}
  public Problem problem() {
    return problem;
  }
}
