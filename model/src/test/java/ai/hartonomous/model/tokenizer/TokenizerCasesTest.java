package ai.hartonomous.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Ids and texts of real vocabularies, against what the original tools gave.
@Tag("weights")
class TokenizerCasesTest {

  @ParameterizedTest(name = "{0}/{1}")
  @CsvSource({
    "model-stories260k, tokenizer.json",
    "model-stories260k, tokenizer.model",
    "model-stories260k, original/tok512.bin",
    "model-gpt2-shakespeare, tokenizer.json",
    "model-neox-sherlock, tokenizer.json",
  })
  void encodesEveryCase(String folder, String file) throws IOException {
    Path path = SharedData.folder(folder);
    Tokenizer tokenizer = Tokenizers.open(path.resolve(file));

    for (JsonNode entry : SharedData.json(path.resolve("tokenizer_cases.json")).path("cases")) {
      String text = entry.path("text").asString();
      int[] expected = SharedData.ints(entry.path("ids"));
      assertThat(tokenizer.encode(text)).as(text).containsExactly(expected);
      assertThat(tokenizer.decode(expected)).as(text).isEqualTo(text.replace("<|endoftext|>", ""));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "model-stories260k, 512, 1, 2, true",
    "model-gpt2-shakespeare, 1024, 0, 0, false",
    "model-neox-sherlock, 512, 0, 0, false",
  })
  void knowsTheMarksOfAFolder(String folder, int size, int begin, int end, boolean addsBegin)
      throws IOException {
    Tokenizer tokenizer = Tokenizers.open(SharedData.folder(folder));

    assertThat(tokenizer.vocabularySize()).isEqualTo(size);
    assertThat(tokenizer.beginId()).hasValue(begin);
    assertThat(tokenizer.endId()).hasValue(end);
    assertThat(tokenizer.addsBegin()).isEqualTo(addsBegin);
    assertThat(tokenizer.contentHash()).matches("[0-9a-f]{64}");
  }

  @Test
  void readsTheDigitsOfTheSortingModelAsWords() throws IOException {
    Tokenizer tokenizer = Tokenizers.open(SharedData.folder("model-gpt2-sort-nano"));

    assertThat(tokenizer.encode("1 0 2")).containsExactly(1, 0, 2);
    assertThat(tokenizer.beginId()).isEmpty();
    assertThat(tokenizer.endId()).isEmpty();
  }

  @Test
  void readsTheWordsOfAToyModel() throws IOException {
    Tokenizer tokenizer = Tokenizers.open(SharedData.folder("tracr-reverse"));

    assertThat(tokenizer.encodePrompt("a d b")).containsExactly(3, 0, 5, 1);
    assertThat(tokenizer.decode(new int[] {3, 0, 5, 1})).isEqualTo("a d b");
    assertThatThrownBy(() -> tokenizer.encode("a q"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'q'");
  }

  @ParameterizedTest(name = "{0}/{1}")
  @CsvSource({
    "model-stories260k, tokenizer.json, 403, ' Once'",
    "model-stories260k, tokenizer.model, 403, ' Once'",
    "model-stories260k, original/tok512.bin, 403, ' Once'",
    "model-gpt2-shakespeare, tokenizer.json, 305, ' be'",
    "model-gpt2-shakespeare, tokenizer.json, 0, <|endoftext|>",
  })
  void showsTokensWithTheirSpace(String folder, String file, int id, String text)
      throws IOException {
    Tokenizer tokenizer = Tokenizers.open(SharedData.folder(folder).resolve(file));

    assertThat(tokenizer.token(id)).isEqualTo(text);
  }

  @Test
  void neverCutsALongText() throws IOException {
    Tokenizer tokenizer = Tokenizers.open(SharedData.folder("model-gpt2-shakespeare"));
    String text = "To be, or not to be. ".repeat(500);

    assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
  }
}
