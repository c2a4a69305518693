package ai.hartonomous.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.SharedData;
import ai.hartonomous.model.tokenizer.EmbeddedVocabulary.Marks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Damaged and hostile files: every one gives a tokenizer that works or an error that names the
/// place.
class HostileTokenizerTest {

  private static final String TEXT = "Once upon a time, 日本 naïve café 😀 <s> end.\nTab\there";

  @TempDir private Path folder;

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private void assertRefused(String name, byte[] bytes, String... parts) throws IOException {
    Path file = write(name, bytes);
    assertThatThrownBy(() -> Tokenizers.open(file))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining(name)
        .hasMessageContainingAll(parts);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// A length-delimited field of a protocol buffer, its length below 128.
  private static byte[] field(int number, byte[]... parts) {
    var content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    var out = new ByteArrayOutputStream();
    out.write(number << 3 | 2);
    out.write(content.size());
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  private static byte[] score(float value) {
    return ByteBuffer.allocate(5)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) (2 << 3 | 5))
        .putFloat(value)
        .array();
  }

  private static byte[] number(int field, int value) {
    return field < 16
        ? new byte[] {(byte) (field << 3), (byte) value}
        : new byte[] {(byte) ((field << 3 & 0x7F) | 0x80), (byte) (field >> 4), (byte) value};
  }

  private static byte[] piece(String text, byte[]... rest) {
    byte[][] parts = new byte[rest.length + 1][];
    parts[0] = field(1, utf8(text));
    System.arraycopy(rest, 0, parts, 1, rest.length);
    return field(1, parts);
  }

  private static byte[] join(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  @Test
  void refusesSentencePieceFilesByPlace() throws IOException {
    String name = "tokenizer.model";
    byte[] good = piece("a", score(0));

    assertRefused(name, new byte[0], "field 1", "pieces", "none");
    assertRefused(name, join(good, new byte[] {0x0A, 0x7F}), "byte 12", "at most 0 bytes", "127");
    assertRefused(name, new byte[] {(byte) 0xFF}, "byte 1", "1 more bytes");
    byte[] endless = new byte[11];
    Arrays.fill(endless, (byte) 0xFF);
    assertRefused(name, endless, "at most ten bytes");
    assertRefused(name, join(good, new byte[] {0x0B}), "form 3");
    assertRefused(name, piece(""), "piece 0 text", "0 characters");
    assertRefused(name, piece("a", score(Float.NaN)), "piece 0 score", "NaN");
    assertRefused(name, join(good, piece("a", number(3, 9))), "piece 1 type", "9");
    assertRefused(name, piece("<0xZZ>", number(3, 6)), "piece 0 text", "<0x0A>");
    assertRefused(name, join(good, field(2, number(3, 4))), "trainer", "type 4");
    assertRefused(name, join(good, field(2, number(41, 5))), "trainer begin", "5");
  }

  @Test
  void refusesCharacterMapsThatPointOutside() throws IOException {
    String name = "tokenizer.model";
    byte[] good = join(piece("<unk>", number(3, 2)), piece("a"), piece("b"));

    assertRefused(name, join(good, field(3, field(2, new byte[3]))), "precompiled_charsmap");
    assertRefused(name, join(good, field(3, field(2, charsmap(1 << 20, 0)))), "unit 0");
    // A key whose text lies behind the end: unit 0 has the key, unit 1 is its value.
    assertRefused(name, join(good, field(3, field(2, longCharsmap()))), "charsmap");
  }

  private static byte[] charsmap(int unit, int texts) {
    return ByteBuffer.allocate(8 + texts)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(4)
        .putInt(unit)
        .array();
  }

  private static byte[] longCharsmap() {
    return ByteBuffer.allocate(12)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0x7FFF_FFFC)
        .putInt(0)
        .array();
  }

  private static byte[] llama2(int longest, float score, int length, byte[] text) {
    ByteBuffer buffer = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN).putInt(longest);
    for (String mark : List.of("<unk>", "<s>", "</s>", "a")) {
      buffer.putFloat(0).putInt(mark.length()).put(utf8(mark));
    }
    buffer.putFloat(score).putInt(length).put(text);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  @Test
  void refusesLlama2FilesByPlace() throws IOException {
    String name = "tok512.bin";
    byte[] b = {'b'};

    assertThat(Tokenizers.open(write(name, llama2(5, 0, 1, b))).vocabularySize()).isEqualTo(5);
    assertRefused(name, new byte[3], "byte 0", "3 bytes");
    assertRefused(name, new byte[4], "byte 4", "0 pieces");
    assertRefused(name, llama2(5, 0, -1, b), "byte 49 (piece 4)", "-1 bytes");
    assertRefused(name, llama2(5, 0, Integer.MAX_VALUE, b), "piece 4", "2147483647 bytes");
    assertRefused(name, llama2(5, 0, 0, b), "piece 4", "0 bytes");
    assertRefused(name, llama2(5, Float.POSITIVE_INFINITY, 1, b), "piece 4", "Infinity");
    assertRefused(name, llama2(5, 0, 1, new byte[] {(byte) 0xC3}), "piece 4", "UTF-8");
    byte[] cut = llama2(5, 0, 1, b);
    assertRefused(name, Arrays.copyOf(cut, cut.length - 7), "piece 4", "eight bytes");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | the root",
        "{ | line 1",
        "{} | model",
        "{'model':{'type':'BPE'}} | model.vocab",
        "{'model':{'type':'BPE','vocab':{},'merges':[]}} | model.vocab",
        "{'model':{'type':'Guess','vocab':{'a':0}}} | model.type",
        "{'model':{'type':'BPE','vocab':{'a':-1},'merges':[]}} | an id below",
        "{'model':{'type':'BPE','vocab':{'a':99999999},'merges':[]}} | an id below",
        "{'model':{'type':'BPE','vocab':{'a':0.5},'merges':[]}} | an id below",
        "{'model':{'type':'BPE','vocab':{'a':0,'a':1},'merges':[]}} | line 1",
        "{'model':{'type':'BPE','vocab':{'a':0},'merges':['a']}} | model.merges[0]",
        "{'model':{'type':'BPE','vocab':{'a':0},'merges':['a b']}} | a tokenizer",
        "{'model':{'type':'BPE','continuing_subword_prefix':'###','vocab':{'a':0,'b':1,'ab':2},"
            + "'merges':['a b']}} | beginning with",
        "{'model':{'type':'Unigram','vocab':[['a']]}} | model.vocab[0]",
        "{'model':{'type':'Unigram','unk_id':7,'vocab':[['a',-1.0]]}} | a tokenizer",
        "{'model':{'type':'WordLevel','unk_token':'a','vocab':{'a':0}},"
            + "'added_tokens':[{'id':1}]} | added_tokens",
        "{'model':{'type':'WordLevel','unk_token':'a','vocab':{'a':0}},"
            + "'pre_tokenizer':{'type':'FixedLength','length':0}} | pre_tokenizer.length",
        "{'model':{'type':'WordLevel','unk_token':'a','vocab':{'a':0}},"
            + "'pre_tokenizer':{'type':'Split','pattern':{'Regex':'('},'behavior':'Isolated',"
            + "'invert':false}} | a tokenizer",
        "{'model':{'type':'WordLevel','unk_token':'a','vocab':{'a':0}},'normalizer':{'type':"
            + "'Sequence','normalizers':[{'type':'Precompiled','precompiled_charsmap':'!'}]}}"
            + " | base 64",
      })
  void refusesTokenizerJsonByPlace(String text, String place) throws IOException {
    assertRefused("tokenizer.json", utf8(text.replace('\'', '"')), place);
  }

  @Test
  void refusesAPrecompiledMapBeforeTheNativeLibrarySeesIt() throws IOException {
    String map = Base64.getEncoder().encodeToString(charsmap(1 << 20, 0));
    String text =
        "{'model':{'type':'WordLevel','unk_token':'a','vocab':{'a':0}},"
            + "'normalizer':{'type':'Precompiled','precompiled_charsmap':'"
            + map
            + "'}}";

    assertRefused("tokenizer.json", utf8(text.replace('\'', '"')), "precompiled_charsmap unit 0");
  }

  @Test
  void refusesDeepNesting() throws IOException {
    String deep = "{\"model\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

    assertRefused("tokenizer.json", utf8(deep), "JSON");
  }

  @Test
  void namesWhatIsMissing() {
    assertThatThrownBy(() -> Tokenizers.open(folder))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("tokenizer.json");
    assertThatThrownBy(() -> Tokenizers.open(folder.resolve("tokenizer.json")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"words, a list", "[], a list", "[1], tokens[0]"})
  void refusesToyVocabularies(String tokens, String place) throws IOException {
    String text = "{\"tokens\": %s}".formatted(tokens.startsWith("[") ? tokens : "\"x\"");

    assertRefused("vocab.json", utf8(text), place);
  }

  @Test
  void refusesEmbeddedVocabularies() {
    Path file = Path.of("model.gguf");
    Piece a = new Piece("a", 0, Piece.Type.NORMAL);
    Marks none = new Marks(-1, -1, -1, false, false);
    var kind = new EmbeddedVocabulary("bert", null, List.of(a), List.of(), none);
    var cut = new EmbeddedVocabulary("gpt2", "odd", List.of(a), List.of(), none);
    var empty = new EmbeddedVocabulary("gpt2", null, List.of(), List.of(), none);
    var marks =
        new EmbeddedVocabulary(
            "llama", null, List.of(a), List.of(), new Marks(1, -1, -1, false, false));
    var merge = new EmbeddedVocabulary("gpt2", null, List.of(a), List.of("ab"), none);
    Piece odd = new Piece("a", 0, Piece.Type.BYTE);
    var bytes = new EmbeddedVocabulary("llama", null, List.of(odd), List.of(), none);

    for (EmbeddedVocabulary vocabulary : List.of(kind, cut, empty, marks, merge, bytes)) {
      assertThatThrownBy(() -> Tokenizers.of(vocabulary, file))
          .isInstanceOf(TokenizerException.class)
          .hasMessageContaining("model.gguf at tokenizer.ggml");
    }
  }

  /// A real file and how it is damaged.
  record Mutation(String file, long seed) {}

  static List<Mutation> mutations() {
    return List.of("tokenizer.json", "tokenizer.model", "original/tok512.bin").stream()
        .flatMap(file -> LongStream.range(0, 4).mapToObj(seed -> new Mutation(file, seed)))
        .toList();
  }

  @Tag("weights")
  @ParameterizedTest(name = "{0}")
  @MethodSource("mutations")
  void everyMutationGivesATokenizerOrATypedError(Mutation mutation) throws IOException {
    Path source = SharedData.folder("model-stories260k").resolve(mutation.file);
    byte[] original = Files.readAllBytes(source);
    var random = new SplittableRandom(mutation.seed);
    for (int round = 0; round < 50; round++) {
      byte[] bytes = damaged(original, random);
      Path file = write(String.valueOf(source.getFileName()), bytes);
      long start = System.nanoTime();
      try {
        use(Tokenizers.open(file));
      } catch (TokenizerException e) {
        assertThat(e).hasMessageContaining(file.toString());
      }
      // Ten times the bar of one second: the machine may be busy with other work.
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
  }

  private static void use(Tokenizer tokenizer) {
    try {
      tokenizer.decode(tokenizer.encode(TEXT));
    } catch (IllegalArgumentException _) {
      // No token for part of the text: damage may have taken it.
    }
  }

  private static byte[] damaged(byte[] original, SplittableRandom random) {
    byte[] bytes = original.clone();
    if (random.nextInt(4) == 0) {
      return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
