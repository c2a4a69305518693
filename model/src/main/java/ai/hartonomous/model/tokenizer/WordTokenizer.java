package ai.hartonomous.model.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/// One token for each word between spaces: the vocabularies of toy models. Words that begin with
/// `compiler_` are marks: `compiler_bos` begins every sequence, and none of them is text.
final class WordTokenizer implements Tokenizer {

  private static final String MARK = "compiler_";

  private final List<String> words;
  private final Map<String, Integer> ids = new HashMap<>();
  private final int begin;
  private final String hash;

  /// Prepares a vocabulary.
  ///
  /// @param words words by id
  WordTokenizer(List<String> words) {
    this.words = List.copyOf(words);
    for (int id = 0; id < words.size(); id++) {
      ids.putIfAbsent(words.get(id), id);
    }
    begin = ids.getOrDefault(MARK + "bos", -1);
    hash = ContentHash.of(this.words, List.of());
  }

  @Override
  public int vocabularySize() {
    return words.size();
  }

  @Override
  public int[] encode(String text) {
    return Arrays.stream(text.split("\\s+"))
        .filter(word -> !word.isEmpty())
        .mapToInt(this::id)
        .toArray();
  }

  private int id(String word) {
    Integer id = ids.get(word);
    if (id == null) {
      throw new IllegalArgumentException(
          "'%s' is not among the %d words of the vocabulary".formatted(word, words.size()));
    }
    return id;
  }

  @Override
  public String decode(int[] ids) {
    return Arrays.stream(ids)
        .mapToObj(this::token)
        .filter(word -> !word.startsWith(MARK))
        .collect(Collectors.joining(" "));
  }

  @Override
  public OptionalInt beginId() {
    return Ids.optional(begin);
  }

  @Override
  public OptionalInt endId() {
    return OptionalInt.empty();
  }

  @Override
  public boolean addsBegin() {
    return begin >= 0;
  }

  @Override
  public String contentHash() {
    return hash;
  }

  @Override
  public String token(int id) {
    return Ids.checked(words, id);
  }
}
