package ai.hartonomous.distill.work;

import ai.hartonomous.model.checkpoint.FileFormatException;
import java.nio.file.Path;

/// A work folder is of another request, or of something else, or damaged.
public final class WorkFolderException extends FileFormatException {

  /// Says what is wrong.
  ///
  /// @param file the file or folder
  /// @param place where in it
  /// @param expected what should be there
  /// @param found what is there
  public WorkFolderException(Path file, String place, String expected, String found) {
    super(file, place, expected, found);
  }
}
