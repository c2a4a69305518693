package ai.hartonomous.distill.capability;

import java.io.IOException;

/// A suite is damaged, too large, or does not fit the model.
public final class SuiteException extends IOException {

  /// Says what is wrong.
  ///
  /// @param message place, what was expected and what was found
  public SuiteException(String message) {
    super(message);
  }
}
