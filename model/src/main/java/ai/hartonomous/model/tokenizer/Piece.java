package ai.hartonomous.model.tokenizer;

import java.util.Arrays;
import java.util.Optional;

/// One entry of a vocabulary. Its place in the list is its id.
///
/// @param text the text, in the alphabet of the vocabulary (`▁` for a space, or GPT-2's characters
///   for bytes)
/// @param score preference in a merge or in a segmentation, a logarithm; 0 where scores do not
///   exist
/// @param type what the entry stands for
public record Piece(String text, float score, Type type) {

  /// What an entry stands for, with the numbers that SentencePiece and GGUF files use.
  public enum Type {
    /// Ordinary text.
    NORMAL(1),
    /// Text without a token.
    UNKNOWN(2),
    /// A mark such as begin or end, which is no text.
    CONTROL(3),
    /// Text that is always one token.
    USER_DEFINED(4),
    /// Text that is built in merges but never given out.
    UNUSED(5),
    /// One byte, written `<0x0A>`.
    BYTE(6);

    private final int code;

    Type(int code) {
      this.code = code;
    }

    /// {@return the type with this number, if there is one}
    ///
    /// @param code 1 to 6
    public static Optional<Type> of(int code) {
      return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    /// {@return the number of this type in SentencePiece and GGUF files}
    public int code() {
      return code;
    }
  }

  /// {@return the byte this entry stands for, or -1 if it is not of the form `<0x0A>`}
  int byteValue() {
    if (text.length() != 6 || !text.startsWith("<0x") || text.charAt(5) != '>') {
      return -1;
    }
    int high = Character.digit(text.charAt(3), 16);
    int low = Character.digit(text.charAt(4), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
