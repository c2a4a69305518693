package ai.hartonomous.samples.train;

import java.io.IOException;

/// A stored training run is damaged, or belongs to another run.
public final class RunFileException extends IOException {

  /// Says what is wrong.
  ///
  /// @param message file, place, what was expected and what was found
  public RunFileException(String message) {
    super(message);
  }
}
