package ai.hartonomous.model.generate;

import ai.hartonomous.model.tokenizer.EmbeddedVocabulary;
import ai.hartonomous.model.tokenizer.EmbeddedVocabulary.Marks;
import ai.hartonomous.model.tokenizer.Piece;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A vocabulary of letters for tiny models: id 0 is `a`, 1 is `b`, and so on; no end token.
final class Letters {

  private Letters() {}

  static Tokenizer tokenizer(int size) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    for (int id = 0; id < size; id++) {
      pieces.add(new Piece(Character.toString('a' + id), 0, Piece.Type.NORMAL));
    }
    Marks marks = new Marks(-1, -1, -1, false, false);
    return Tokenizers.of(
        new EmbeddedVocabulary("llama", null, pieces, List.of(), marks), Path.of("letters.gguf"));
  }
}
