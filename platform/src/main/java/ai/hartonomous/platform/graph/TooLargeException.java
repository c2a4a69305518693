package ai.hartonomous.platform.graph;

/// An answer would need more of the graph than may be read at once.
public final class TooLargeException extends RuntimeException {

  /// Says what was too much.
  ///
  /// @param message one sentence for people
  public TooLargeException(String message) {
    super(message, null, false, false);
  }
}
