package ai.hartonomous.interpret.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.interpret.capture.Corpus.Span;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorpusTest {
  private static final LetterTokenizer LETTERS = new LetterTokenizer(true);

  @TempDir private Path folder;

  @Test
  void cutsTextAtTheSeparatorAndLeavesEmptyDocumentsOut() throws IOException {
    Path file = write("\nab\nc\n<|e|>\n  <|e|>d<|e|>");

    assertThat(texts(new DocumentSource.Text(file, "<|e|>"))).containsExactly("abc", "d");
    assertThat(texts(new DocumentSource.Text(file, "")).getFirst()).startsWith("abc").endsWith("e");
  }

  @Test
  void findsSeparatorsWhereverAChunkEnds() throws IOException {
    for (int length = 16_380; length < 16_390; length++) {
      Path file = write("a".repeat(length) + "<|e|>" + "b".repeat(7) + "<|e|>cc");

      List<String> texts = texts(new DocumentSource.Text(file, "<|e|>"));

      assertThat(texts).hasSize(3).contains("bbbbbbb", "cc");
      assertThat(texts.getFirst()).hasSize(length);
    }
  }

  @Test
  void cutsADocumentThatIsTooLongAtWhiteSpace() throws IOException {
    String word = "abcdefg ";
    int words = Documents.LONGEST_TEXT / word.length() + 10;
    Path file = write(word.repeat(words));

    List<int[]> documents =
        documents(Corpus.of(List.of(new DocumentSource.Text(file, "|")), LETTERS));

    assertThat(documents).hasSize(2);
    assertThat(documents.get(0)).hasSize(Documents.LONGEST_TEXT - 1);
    assertThat(documents.get(1)).hasSize(10 * word.length() - 1);
  }

  @Test
  void readsOneFieldOfEveryLine() throws IOException {
    Path file = write("{\"text\": \"ab\", \"n\": 1}\n\n{\"text\": \"c\"}\r\n{\"text\": \"\"}");

    assertThat(texts(new DocumentSource.JsonLines(file, "text"))).containsExactly("ab", "c");
  }

  @Test
  void readsIdsInBothForms() throws IOException {
    Path file = write("3 4\t5\n\n[6, 7]\n[]\n");
    Corpus corpus = Corpus.ofIds(List.of(new DocumentSource.TokenIds(file)));

    assertThat(documents(corpus)).containsExactly(new int[] {3, 4, 5}, new int[] {6, 7});
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"n\": 1}; line 2: expected a text in field \"text\", found none",
        "{\"text\": 7}; line 2: expected a text in field \"text\", found \"7\"",
        "{\"text\": ; line 2: expected JSON, found"
      })
  void saysWhichLineIsWrong(String line, String complaint) throws IOException {
    Path file = write("{\"text\": \"a\"}\n" + line + "\n");

    assertThatThrownBy(() -> texts(new DocumentSource.JsonLines(file, "text")))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(complaint);
  }

  @Test
  void refusesIdsThatAreNone() throws IOException {
    Path file = write("3 4\n5 -6\n");

    assertThatThrownBy(() -> documents(Corpus.ofIds(List.of(new DocumentSource.TokenIds(file)))))
        .isInstanceOf(CaptureException.class)
        .hasMessageEndingWith("at line 2: expected a token id, found \"-6\"");
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Path file = folder.resolve("bytes");
    Files.write(file, new byte[] {'a', 'b', (byte) 0xff, 'c'});

    assertThatThrownBy(() -> texts(new DocumentSource.Text(file, "|")))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("expected UTF-8");
  }

  @Test
  void countsChosenDocumentsOverAllFiles() throws IOException {
    Path first = write("a|b|c");
    Path second = write("d|e|f");
    Corpus corpus =
        Corpus.of(
            List.of(new DocumentSource.Text(first, "|"), new DocumentSource.Text(second, "|")),
            LETTERS);

    Corpus some = corpus.only(List.of(new Span(1, 2), new Span(2, 4), new Span(5, 9)));

    assertThat(documents(some).stream().map(LETTERS::decode)).containsExactly("b", "c", "d", "f");
    assertThat(some.hash()).isNotEqualTo(corpus.hash());
    assertThatThrownBy(() -> corpus.only(List.of(new Span(3, 5), new Span(4, 6))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hashFollowsFromBytesAndHowTheyAreRead() throws IOException {
    Path file = write("a|b");
    Path same = write("a|b");
    Path other = write("a|c");

    String hash = hash(new DocumentSource.Text(file, "|"));

    assertThat(hash(new DocumentSource.Text(same, "|"))).isEqualTo(hash);
    assertThat(hash(new DocumentSource.Text(other, "|"))).isNotEqualTo(hash);
    assertThat(hash(new DocumentSource.Text(file, "a"))).isNotEqualTo(hash);
  }

  private static String hash(DocumentSource source) throws IOException {
    return Corpus.of(List.of(source), LETTERS).hash();
  }

  private Path write(String text) throws IOException {
    Path file = Files.createTempFile(folder, "corpus", "");
    return Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> texts(DocumentSource source) throws IOException {
    return documents(Corpus.of(List.of(source), LETTERS)).stream().map(LETTERS::decode).toList();
  }

  private static List<int[]> documents(Corpus corpus) throws IOException {
    List<int[]> all = new ArrayList<>();
    try (Corpus.Reader reader = corpus.open()) {
      for (Optional<int[]> ids = reader.next(); ids.isPresent(); ids = reader.next()) {
        all.add(ids.get());
      }
    }
    return all;
  }
}
