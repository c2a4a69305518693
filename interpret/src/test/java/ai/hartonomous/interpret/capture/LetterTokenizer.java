package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.OptionalInt;

/// One token for each letter from `a` to `n`, ids 3 to 16; all else is 0, begin is 1, end is 2.
record LetterTokenizer(boolean addsBegin) implements Tokenizer {

  @Override
  public int vocabularySize() {
    return 17;
  }

  @Override
  public int[] encode(String text) {
    return text.chars().map(c -> c >= 'a' && c <= 'n' ? c - 'a' + 3 : 0).toArray();
  }

  @Override
  public String decode(int[] ids) {
    var text = new StringBuilder();
    for (int id : ids) {
      text.append(token(id));
    }
    return text.toString();
  }

  @Override
  public OptionalInt beginId() {
    return OptionalInt.of(1);
  }

  @Override
  public OptionalInt endId() {
    return OptionalInt.of(2);
  }

  @Override
  public String contentHash() {
    return "letters";
  }

  @Override
  public String token(int id) {
    return id < 3 ? "" : String.valueOf((char) ('a' + id - 3));
  }
}
