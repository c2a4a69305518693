package ai.hartonomous.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Vocabularies as GGUF files hold them give the ids of the tokenizers they came from.
@Tag("weights")
class EmbeddedVocabularyTest {

  private static Tokenizer embedded(Path source) throws IOException {
    return Tokenizers.of(EmbeddedVocabulary.from(source), Path.of("model.gguf"));
  }

  @ParameterizedTest(name = "{0}/{1}")
  @CsvSource({
    "model-stories260k, ''",
    "model-stories260k, tokenizer.model",
    "model-stories260k, original/tok512.bin",
    "model-gpt2-shakespeare, ''",
    "model-neox-sherlock, ''",
  })
  void encodesEveryCase(String folder, String file) throws IOException {
    Path path = SharedData.folder(folder);
    Tokenizer tokenizer = embedded(path.resolve(file));

    for (JsonNode entry : SharedData.json(path.resolve("tokenizer_cases.json")).path("cases")) {
      String text = entry.path("text").asString();
      int[] expected = SharedData.ints(entry.path("ids"));
      assertThat(tokenizer.encode(text)).as(text).containsExactly(expected);
      assertThat(tokenizer.decode(expected)).as(text).isEqualTo(text.replace("<|endoftext|>", ""));
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"model-stories260k", "model-gpt2-shakespeare", "model-neox-sherlock"})
  void promptsBeginAsTheyDoInTheFolder(String folder) throws IOException {
    Path path = SharedData.folder(folder);

    assertThat(embedded(path).encodePrompt("The king"))
        .containsExactly(Tokenizers.open(path).encodePrompt("The king"));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"model-gpt2-shakespeare", "model-neox-sherlock"})
  void byteLevelMergesAgreeWithTheLibraryOnAnyText(String folder) throws IOException {
    Path path = SharedData.folder(folder);
    Tokenizer library = Tokenizers.open(path);
    Tokenizer ours = embedded(path);
    var random = new SplittableRandom(9);
    String letters = "  etaoin'sTHE rdl.,!?0123\n\tüé日😀\u00a0\u2028<|endoftext|>";
    int[] points = letters.codePoints().toArray();
    for (int round = 0; round < 300; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(40); i >= 0; i--) {
        text.appendCodePoint(points[random.nextInt(points.length)]);
      }
      String sample = text.toString();
      assertThat(ours.encode(sample)).as(sample).containsExactly(library.encode(sample));
    }
    assertThat(ours.beginId()).isEqualTo(library.beginId());
    assertThat(ours.endId()).isEqualTo(library.endId());
  }

  @Test
  void refusesWhatGgufCannotSay() {
    Path folder = SharedData.folder("model-gpt2-sort-nano");

    assertThatThrownBy(() -> EmbeddedVocabulary.from(folder))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("to be put into GGUF");
  }
}
