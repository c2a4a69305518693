package ai.hartonomous.interpret.transcoder.train;

import java.io.IOException;

/// A training cannot go on: the loss is no longer a number, or a kept state does not belong to it.
public final class TrainingException extends IOException {

  /// Says why.
  ///
  /// @param message place, what was expected, what was found
  public TrainingException(String message) {
    super(message);
  }
}
