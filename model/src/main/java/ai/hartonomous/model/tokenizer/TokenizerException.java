package ai.hartonomous.model.tokenizer;

import java.io.IOException;
import java.nio.file.Path;

/// A tokenizer file that is not what it should be. The message names the file, the place in it,
/// what was expected and what was found.
public final class TokenizerException extends IOException {

  /// Describes the fault.
  ///
  /// @param file the file, or the folder in which it was sought
  /// @param place where in the file, such as `byte 12` or `model.vocab`
  /// @param expected what should be there
  /// @param found what is there
  public TokenizerException(Path file, String place, String expected, String found) {
    super("%s at %s: expected %s, found %s".formatted(file, place, expected, found));
  }
}
