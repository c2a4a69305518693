package ai.hartonomous.bench;

import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.List;
import java.util.OptionalInt;

/// A vocabulary whose tokens are their own numbers.
record Numbers(int vocabularySize) implements Tokenizer {

  @Override
  public int[] encode(String text) {
    return text.isBlank()
        ? new int[0]
        : List.of(text.strip().split(" ")).stream().mapToInt(Integer::parseInt).toArray();
  }

  @Override
  public String decode(int[] ids) {
    var text = new StringBuilder();
    for (int id : ids) {
      text.append(' ').append(id);
    }
    return text.toString();
  }

  @Override
  public OptionalInt beginId() {
    return OptionalInt.empty();
  }

  @Override
  public OptionalInt endId() {
    return OptionalInt.empty();
  }

  @Override
  public boolean addsBegin() {
    return false;
  }

  @Override
  public String contentHash() {
    return "0".repeat(64);
  }

  @Override
  public String token(int id) {
    return " " + id;
  }
}
