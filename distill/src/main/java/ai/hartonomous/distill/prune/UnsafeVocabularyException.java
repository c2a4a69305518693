package ai.hartonomous.distill.prune;

import ai.hartonomous.model.checkpoint.FileFormatException;
import java.nio.file.Path;

/// Tokens cannot be taken from this tokenizer without changing how other texts are read.
public final class UnsafeVocabularyException extends FileFormatException {

  /// Says what is in the way.
  ///
  /// @param file the file
  /// @param place where in it
  /// @param expected what can be rewritten
  /// @param found what this one has
  public UnsafeVocabularyException(Path file, String place, String expected, String found) {
    super(file, place, expected, found);
  }
}
