package ai.hartonomous.samples.vocabulary;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A byte-level byte-pair vocabulary. Text is cut into words as GPT-2 does, except that every digit
/// is a word of its own; a word starts as its UTF-8 bytes, and the most frequent pair of neighbours
/// becomes a new token, again and again. Source: Sennrich, Haddow and Birch, "Neural Machine
/// Translation of Rare Words with Subword Units", 2016, arXiv:1508.07909, algorithm 1; bytes and
/// cut from Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, section
/// 2.2.
///
/// @param tokens the tokens in byte-level letters, by id: the end token, 256 bytes, then merges
/// @param merges pairs in the order they were learned; the `n`-th makes token `257 + n`
public record BytePairVocabulary(List<String> tokens, List<Pair> merges) {
  /// Begins and ends documents; has id 0.
  public static final String END = "<|end|>";

  private static final int BYTES = 256;
  private static final Pattern DIGITS = Pattern.compile("\\p{N}|\\P{N}+");
  private static final Pattern WORDS =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  /// Copies the lists.
  public BytePairVocabulary {
    tokens = List.copyOf(tokens);
    merges = List.copyOf(merges);
  }

  /// Two tokens that stand side by side, in byte-level letters.
  ///
  /// @param left first token
  /// @param right second token
  public record Pair(String left, String right) implements Comparable<Pair> {

    String joined() {
      return left + right;
    }

    @Override
    public int compareTo(Pair other) {
      int first = left.compareTo(other.left);
      return first != 0 ? first : right.compareTo(other.right);
    }
  }

  /// A word of the corpus, how often it occurs, and its tokens so far.
  private static final class Word {
    private List<String> parts;
    private long count;

    private Word(List<String> parts) {
      this.parts = parts;
    }
  }

  /// Learns a vocabulary. Equal texts give equal vocabularies: of pairs with the same count the
  /// first in alphabetical order wins.
  ///
  /// @param texts corpus
  /// @param size most tokens, at least 257; fewer are made if no pair occurs twice
  /// @return the vocabulary
  public static BytePairVocabulary learn(Iterable<String> texts, int size) {
    if (size <= BYTES) {
      throw new IllegalArgumentException("a byte-level vocabulary has at least 257 tokens");
    }
    List<String> tokens = new ArrayList<>();
    tokens.add(END);
    for (int b = 0; b < BYTES; b++) {
      tokens.add(String.valueOf(letter(b)));
    }
    List<Pair> merges = new ArrayList<>();
    List<Word> words = words(texts);
    while (tokens.size() < size) {
      Pair best = mostFrequent(words);
      if (best == null) {
        break;
      }
      words.forEach(word -> word.parts = merged(word.parts, best));
      merges.add(best);
      tokens.add(best.joined());
    }
    return new BytePairVocabulary(tokens, merges);
  }

  private static List<Word> words(Iterable<String> texts) {
    Map<String, Word> words = new LinkedHashMap<>();
    for (String text : texts) {
      for (String word : cut(text)) {
        words.computeIfAbsent(word, w -> new Word(letters(w))).count++;
      }
    }
    return List.copyOf(words.values());
  }

  /// {@return the words of a text; no token reaches over a word's end}
  static List<String> cut(String text) {
    List<String> words = new ArrayList<>();
    Matcher pieces = DIGITS.matcher(text);
    while (pieces.find()) {
      Matcher matcher = WORDS.matcher(pieces.group());
      while (matcher.find()) {
        words.add(matcher.group());
      }
    }
    return words;
  }

  private static List<String> letters(String word) {
    List<String> letters = new ArrayList<>();
    for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
      letters.add(String.valueOf(letter(b & 0xff)));
    }
    return letters;
  }

  private static @Nullable Pair mostFrequent(List<Word> words) {
    Map<Pair, Long> counts = new HashMap<>();
    for (Word word : words) {
      for (int i = 0; i + 1 < word.parts.size(); i++) {
        counts.merge(new Pair(word.parts.get(i), word.parts.get(i + 1)), word.count, Long::sum);
      }
    }
    Pair best = null;
    long bestCount = 1;
    for (Map.Entry<Pair, Long> entry : counts.entrySet()) {
      long count = entry.getValue();
      boolean firstOfEqual =
          count == bestCount && best != null && entry.getKey().compareTo(best) < 0;
      if (count > bestCount || firstOfEqual) {
        best = entry.getKey();
        bestCount = count;
      }
    }
    return best;
  }

  private static List<String> merged(List<String> parts, Pair pair) {
    List<String> out = new ArrayList<>(parts.size());
    for (int i = 0; i < parts.size(); i++) {
      boolean here =
          i + 1 < parts.size()
              && parts.get(i).equals(pair.left())
              && parts.get(i + 1).equals(pair.right());
      out.add(here ? pair.joined() : parts.get(i));
      i += here ? 1 : 0;
    }
    return out;
  }

  /// {@return the ids of a text: merges applied to each word in the order they were learned}
  ///
  /// @param text any text; the end token's name in it is ordinary text
  public int[] encode(String text) {
    List<Integer> ids = new ArrayList<>();
    for (String word : cut(text)) {
      List<String> parts = letters(word);
      for (Pair merge : merges) {
        parts = parts.size() > 1 ? merged(parts, merge) : parts;
      }
      parts.forEach(part -> ids.add(tokens.indexOf(part)));
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /// {@return GPT-2's printable letter for a byte: the character itself where it is printable in
  /// Latin-1, else the next free one from U+0100 on}
  static char letter(int value) {
    if (isPrintable(value)) {
      return (char) value;
    }
    int rank = 0;
    for (int b = 0; b < value; b++) {
      rank += isPrintable(b) ? 0 : 1;
    }
    return (char) (BYTES + rank);
  }

  private static boolean isPrintable(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || (b >= 0xae && b <= 0xff);
  }
}
