package ai.hartonomous.model.tokenizer;

import ai.hartonomous.model.tokenizer.EmbeddedVocabulary.Marks;
import ai.hartonomous.model.tokenizer.PieceModel.Algorithm;
import ai.hartonomous.model.tokenizer.PieceModel.Spacing;
import ai.hartonomous.model.tokenizer.PieceModel.Specials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads the vocabulary of llama2.c (`tokenizer.bin`, `tok512.bin`), little-endian:
///
/// | field | type | meaning |
/// |---|---|---|
/// | longest | int32 | bytes of the longest text |
/// | then for each id until the file ends: | | |
/// | score | float32 | preference in a merge |
/// | length | int32 | bytes of the text, at least 1 and at most `longest` |
/// | text | UTF-8 | spaces as they are |
///
/// By convention id 0 is unknown text, 1 begins and 2 ends a document, and `<0x00>` to `<0xFF>` are
/// the bytes.
final class Llama2File {

  private Llama2File() {}

  /// {@return the model in a file}
  ///
  /// @param bytes the file's content
  /// @param file named in errors
  /// @throws TokenizerException if the content does not have this form
  static PieceModel parse(byte[] bytes, Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < 4) {
      throw new TokenizerException(file, "byte 0", "four bytes", bytes.length + " bytes");
    }
    int longest = buffer.getInt();
    List<Piece> pieces = new ArrayList<>();
    while (buffer.hasRemaining()) {
      pieces.add(readPiece(buffer, longest, pieces.size(), file));
    }
    if (pieces.size() < 4) {
      throw new TokenizerException(
          file, "byte " + bytes.length, "at least 4 pieces", pieces.size() + " pieces");
    }
    return new PieceModel(
        pieces,
        Algorithm.MERGES,
        new Spacing(null, false, ' '),
        Specials.PLAIN,
        new Marks(1, 2, 0, true, true));
  }

  private static Piece readPiece(ByteBuffer buffer, int longest, int id, Path file)
      throws IOException {
    int start = buffer.position();
    String place = "byte %d (piece %d)".formatted(start, id);
    if (buffer.remaining() < 8) {
      throw new TokenizerException(file, place, "eight bytes", buffer.remaining() + " bytes");
    }
    float score = buffer.getFloat();
    int length = buffer.getInt();
    // The three marks are written with line breaks around them that `longest` does not count.
    int most = id < 3 ? buffer.remaining() : Math.min(longest, buffer.remaining());
    if (!Float.isFinite(score) || length < 1 || length > most) {
      throw new TokenizerException(
          file,
          place,
          "a score, and a text of 1 to %d bytes".formatted(most),
          "score %s and %d bytes".formatted(score, length));
    }
    ByteBuffer text = buffer.slice(start + 8, length);
    buffer.position(start + 8 + length);
    try {
      return piece(id, StandardCharsets.UTF_8.newDecoder().decode(text).toString(), score);
    } catch (CharacterCodingException e) {
      throw new TokenizerException(file, place, "text in UTF-8", String.valueOf(e.getMessage()));
    }
  }

  private static Piece piece(int id, String text, float score) {
    Piece piece = new Piece(text, score, Piece.Type.NORMAL);
    if (id < 3) {
      return new Piece(text, score, id == 0 ? Piece.Type.UNKNOWN : Piece.Type.CONTROL);
    }
    return piece.byteValue() < 0 ? piece : new Piece(text, score, Piece.Type.BYTE);
  }
}
