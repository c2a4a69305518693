package ai.hartonomous.bench.peer;

import java.io.IOException;

/// A peer cannot be started or cannot do what it was asked.
public final class PeerException extends IOException {

  /// Says what failed.
  ///
  /// @param message peer and reason
  public PeerException(String message) {
    super(message);
  }

  /// Says what failed and why.
  ///
  /// @param message peer and reason
  /// @param cause what the peer threw
  public PeerException(String message, Throwable cause) {
    super(message, cause);
  }
}
