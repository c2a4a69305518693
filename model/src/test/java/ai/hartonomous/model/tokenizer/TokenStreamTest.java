package ai.hartonomous.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenStreamTest {

  private static final String TEXT = "Once upon a time, 日本 naïve café 😀 end.\nTab\there";

  /// One token for each byte: the hardest case, since every character is split.
  private static Tokenizer bytes() throws IOException {
    List<Piece> pieces = new ArrayList<>();
    for (int value = 0; value < 256; value++) {
      pieces.add(new Piece("<0x%02X>".formatted(value), 0, Piece.Type.BYTE));
    }
    var marks = new EmbeddedVocabulary.Marks(-1, -1, -1, false, false);
    return Tokenizers.of(
        new EmbeddedVocabulary("llama", null, pieces, List.of(), marks), Path.of("bytes.gguf"));
  }

  @Tag("weights")
  @ParameterizedTest(name = "{0}/{1}")
  @CsvSource({
    "model-stories260k, tokenizer.json",
    "model-stories260k, tokenizer.model",
    "model-stories260k, original/tok512.bin",
    "model-gpt2-shakespeare, tokenizer.json",
    "model-neox-sherlock, tokenizer.json",
  })
  void partsAddUpToTheWholeText(String folder, String file) throws IOException {
    Tokenizer tokenizer = Tokenizers.open(SharedData.folder(folder).resolve(file));
    int[] ids = tokenizer.encode(TEXT);

    for (int prompt = 0; prompt <= 4; prompt++) {
      String before = tokenizer.decode(Arrays.copyOf(ids, prompt));
      var stream = new TokenStream(tokenizer, Arrays.copyOf(ids, prompt));
      var text = new StringBuilder(before);
      for (int i = prompt; i < ids.length; i++) {
        String part = stream.next(ids[i]);
        assertThat(part).doesNotContain("\uFFFD");
        text.append(part);
      }
      text.append(stream.finish());
      assertThat(text.toString()).as("after %d tokens", prompt).isEqualTo(TEXT);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void garbageComesOutAsAWholeDecodingWouldGiveIt(long seed) throws IOException {
    Tokenizer tokenizer = bytes();
    var random = new SplittableRandom(seed);
    int[] ids = random.ints(200, 0, 256).toArray();
    byte[] characters = "€😀".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < characters.length; i++) {
      ids[100 + i] = characters[i] & 0xFF;
    }

    var stream = new TokenStream(tokenizer, new int[0]);
    var text = new StringBuilder();
    for (int id : ids) {
      text.append(stream.next(id));
    }
    text.append(stream.finish());

    assertThat(text.toString()).isEqualTo(tokenizer.decode(ids)).contains("€😀");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"é", "€", "😀"})
  void aCharacterWaitsForItsLastByte(String character) throws IOException {
    byte[] parts = character.getBytes(StandardCharsets.UTF_8);
    var stream = new TokenStream(bytes(), new int[0]);

    for (int i = 0; i + 1 < parts.length; i++) {
      assertThat(stream.next(parts[i] & 0xFF)).isEmpty();
    }

    assertThat(stream.next(parts[parts.length - 1] & 0xFF)).isEqualTo(character);
    assertThat(stream.finish()).isEmpty();
  }
}
