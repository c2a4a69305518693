package ai.hartonomous.distill.route;

import ai.hartonomous.model.checkpoint.FileFormatException;
import java.nio.file.Path;

/// A router's file is damaged, hostile, or over a limit.
public final class RouterException extends FileFormatException {

  /// Says what is wrong.
  ///
  /// @param file the file
  /// @param place where in it
  /// @param expected what a good file has there
  /// @param found what this one has
  public RouterException(Path file, String place, String expected, String found) {
    super(file, place, expected, found);
  }
}
