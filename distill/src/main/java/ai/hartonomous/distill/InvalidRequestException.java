package ai.hartonomous.distill;

import java.io.IOException;

/// A request that cannot work as it stands: a folder that is missing or in the way, a suite without
/// items, answers the model has no tokens for. Nothing was changed.
public final class InvalidRequestException extends IOException {

  /// Says what is wrong.
  ///
  /// @param message what was expected and what was found
  public InvalidRequestException(String message) {
    super(message);
  }
}
