package ai.hartonomous.model.tokenizer;

import ai.hartonomous.model.tokenizer.EmbeddedVocabulary.Marks;
import ai.hartonomous.model.tokenizer.PieceModel.Algorithm;
import ai.hartonomous.model.tokenizer.PieceModel.Spacing;
import ai.hartonomous.model.tokenizer.PieceModel.Specials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads SentencePiece's `tokenizer.model`: one protocol buffer message. Fields that decide the ids
/// (all others are passed over):
///
/// | message | field | type | meaning, and the value where it is absent |
/// |---|---|---|---|
/// | model | 1, repeated | piece | the vocabulary, by id |
/// | model | 2 | trainer | |
/// | model | 3 | normaliser | |
/// | piece | 1 | string | text |
/// | piece | 2 | float | score, 0 |
/// | piece | 3 | enum | {@link Piece.Type}, normal |
/// | trainer | 3 | enum | 1 unigram, 2 merges; 1 |
/// | trainer | 24 | bool | space behind words instead of before, false |
/// | trainer | 40, 41, 42 | int32 | unknown, begin and end id; 0, 1, 2; -1 for none |
/// | normaliser | 2 | bytes | {@link CharacterMap}, none |
/// | normaliser | 3 | bool | a space is put in front, true |
/// | normaliser | 4 | bool | runs of spaces are squeezed, true |
/// | normaliser | 5 | bool | spaces are written `▁`, true |
final class SentencePieceFile {

  private static final int LONGEST_PIECE = 4096;

  private final Path file;
  private final List<Piece> pieces = new ArrayList<>();
  private int algorithm = 1;
  private boolean spaceBehind;
  private int unknown;
  private int begin = 1;
  private int end = 2;
  private @Nullable CharacterMap characters;
  private boolean prefix = true;
  private boolean squeezed = true;
  private boolean escaped = true;

  private SentencePieceFile(Path file) {
    this.file = file;
  }

  /// {@return the model in a file}
  ///
  /// @param bytes the file's content
  /// @param file named in errors
  /// @throws TokenizerException if the content is no SentencePiece model, or of a kind that is not
  ///   supported
  static PieceModel parse(byte[] bytes, Path file) throws IOException {
    var reader = new SentencePieceFile(file);
    var message = new ProtocolBuffer(bytes, file);
    while (message.next()) {
      switch (message.field()) {
        case 1 -> reader.readPiece(message.message());
        case 2 -> reader.readTrainer(message.message());
        case 3 -> reader.readNormaliser(message.message());
        default -> message.skip();
      }
    }
    return reader.model();
  }

  private void readPiece(ProtocolBuffer message) throws IOException {
    String text = "";
    float score = 0;
    int code = 1;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> text = new String(message.bytes(), StandardCharsets.UTF_8);
        case 2 -> score = message.float32();
        case 3 -> code = message.int32();
        default -> message.skip();
      }
    }
    Piece.Type type = Piece.Type.of(code).orElse(null);
    if (type == null) {
      throw fault("type", "1 to 6", Integer.toString(code));
    }
    pieces.add(check(new Piece(text, score, type)));
  }

  private Piece check(Piece piece) throws IOException {
    if (piece.text().isEmpty() || piece.text().length() > LONGEST_PIECE) {
      throw fault("text", "1 to 4096 characters", piece.text().length() + " characters");
    }
    if (!Float.isFinite(piece.score())) {
      throw fault("score", "a number", Float.toString(piece.score()));
    }
    if (piece.type() == Piece.Type.BYTE && piece.byteValue() < 0) {
      throw fault("text", "a byte such as <0x0A>", piece.text());
    }
    return piece;
  }

  private TokenizerException fault(String what, String expected, String found) {
    return new TokenizerException(
        file, "piece %d %s".formatted(pieces.size(), what), expected, found);
  }

  private void readTrainer(ProtocolBuffer message) throws IOException {
    while (message.next()) {
      switch (message.field()) {
        case 3 -> algorithm = message.int32();
        case 24 -> spaceBehind = message.int32() != 0;
        case 40 -> unknown = message.int32();
        case 41 -> begin = message.int32();
        case 42 -> end = message.int32();
        default -> message.skip();
      }
    }
  }

  private void readNormaliser(ProtocolBuffer message) throws IOException {
    while (message.next()) {
      switch (message.field()) {
        case 2 -> {
          byte[] map = message.bytes();
          characters = map.length == 0 ? null : CharacterMap.parse(map, file);
        }
        case 3 -> prefix = message.int32() != 0;
        case 4 -> squeezed = message.int32() != 0;
        case 5 -> escaped = message.int32() != 0;
        default -> message.skip();
      }
    }
  }

  private PieceModel model() throws IOException {
    if (pieces.isEmpty()) {
      throw new TokenizerException(file, "field 1", "pieces", "none");
    }
    if ((algorithm != 1 && algorithm != 2) || spaceBehind) {
      throw new TokenizerException(
          file,
          "trainer",
          "model type 1 (unigram) or 2 (merges) with spaces before words",
          "type %d, spaces %s words".formatted(algorithm, spaceBehind ? "behind" : "before"));
    }
    return new PieceModel(
        pieces,
        algorithm == 1 ? Algorithm.UNIGRAM : Algorithm.MERGES,
        new Spacing(characters, squeezed, escaped ? '▁' : ' '),
        Specials.PLAIN,
        new Marks(id("begin", begin), id("end", end), id("unknown", unknown), false, prefix));
  }

  private int id(String what, int id) throws IOException {
    if (id >= pieces.size()) {
      throw new TokenizerException(
          file, "trainer " + what, "an id below " + pieces.size(), Integer.toString(id));
    }
    return Math.max(id, -1);
  }
}
