package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.checkpoint.FileFormatException;
import java.nio.file.Path;

/// A corpus or a folder of stored values is damaged, hostile, or does not fit what is asked of it.
public final class CaptureException extends FileFormatException {

  /// Says what is wrong.
  ///
  /// @param file the file
  /// @param place where in it: a line, a byte, a key
  /// @param expected what a good file has there
  /// @param found what this one has
  public CaptureException(Path file, String place, String expected, String found) {
    super(file, place, expected, found);
  }
}
