package ai.hartonomous.model.checkpoint;

import java.nio.file.Path;

/// A checkpoint file is damaged, hostile, or of a kind that is not supported.
public final class CheckpointException extends FileFormatException {

  /// Says what is wrong.
  ///
  /// @param file the file
  /// @param place where in it: a byte position, a key, a tensor
  /// @param expected what a good file has there
  /// @param found what this one has
  public CheckpointException(Path file, String place, String expected, String found) {
    super(file, place, expected, found);
  }
}
