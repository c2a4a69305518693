package ai.hartonomous.samples.vocabulary;

import ai.hartonomous.model.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/// Text to ids with a vocabulary that was just learned, and back, without a file between. It
/// remembers every word it met: the sample corpora have few.
public final class VocabularyTokenizer implements Tokenizer {
  private static final int BYTES = 256;

  private final BytePairVocabulary vocabulary;
  private final Map<String, int[]> words = new ConcurrentHashMap<>();
  private final int[] byteOfLetter = new int[2 * BYTES];

  /// Encodes with `vocabulary`.
  ///
  /// @param vocabulary what was learned
  public VocabularyTokenizer(BytePairVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    for (int b = 0; b < BYTES; b++) {
      byteOfLetter[BytePairVocabulary.letter(b)] = b;
    }
  }

  @Override
  public int vocabularySize() {
    return vocabulary.tokens().size();
  }

  @Override
  public int[] encode(String text) {
    return BytePairVocabulary.cut(text).stream()
        .flatMapToInt(word -> Arrays.stream(words.computeIfAbsent(word, vocabulary::encode)))
        .toArray();
  }

  @Override
  public String decode(int[] ids) {
    var bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      bytes.writeBytes(bytes(id));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] bytes(int id) {
    var bytes = new ByteArrayOutputStream();
    if (id != 0) {
      vocabulary.tokens().get(id).chars().forEach(c -> bytes.write(byteOfLetter[c]));
    }
    return bytes.toByteArray();
  }

  @Override
  public OptionalInt beginId() {
    return OptionalInt.of(0);
  }

  @Override
  public OptionalInt endId() {
    return OptionalInt.of(0);
  }

  @Override
  public boolean addsBegin() {
    return false;
  }

  @Override
  public String contentHash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(vocabulary.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String token(int id) {
    return id == 0 ? BytePairVocabulary.END : decode(new int[] {id});
  }
}
