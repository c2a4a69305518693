package ai.hartonomous.platform.deployment;

import org.jspecify.annotations.Nullable;

/// What a worker answers when it has started, or cannot: one line of its standard output.
///
/// @param port that it listens on; 0 if it cannot start
/// @param sizeBytes of the weights in its memory
/// @param manifest SHA-256 of the agent's manifest, hexadecimal; empty if it cannot start
/// @param failure why it cannot start, or null
public record WorkerReady(int port, long sizeBytes, String manifest, @Nullable String failure) {

  /// {@return the answer of a worker that cannot start}
  ///
  /// @param failure why
  public static WorkerReady failed(String failure) {
    return new WorkerReady(0, 0, "", failure);
  }
}
