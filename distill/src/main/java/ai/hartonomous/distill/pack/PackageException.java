package ai.hartonomous.distill.pack;

import ai.hartonomous.model.checkpoint.FileFormatException;
import java.nio.file.Path;

/// A file of an agent's folder is not what it should be.
public final class PackageException extends FileFormatException {

  /// Says what is wrong.
  ///
  /// @param file the file
  /// @param place where in it
  /// @param expected what a good file has there
  /// @param found what this one has
  public PackageException(Path file, String place, String expected, String found) {
    super(file, place, expected, found);
  }
}
