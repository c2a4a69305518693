package ai.hartonomous.distill.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.capability.CapabilityItem.Split;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapabilitySuiteTest {
  private static final String GOOD =
      "{\"id\":\"a\",\"capability\":\"c\",\"prompt\":\"p =>\",\"answer\":\" x\"}";

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("suite.jsonl"), text);
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    List<CapabilityItem> items = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String id = "item-" + i;
      items.add(
          new CapabilityItem(id, "c" + i % 3, "p \"\\\u00e9\n" + i, " {\"a\":1}", Split.of(id)));
    }
    var suite = new CapabilitySuite(items);
    Path file = folder.resolve("written.jsonl");

    suite.write(file);

    assertThat(CapabilitySuite.read(file)).isEqualTo(suite);
    assertThat(CapabilitySuite.read(file).contentHash()).isEqualTo(suite.contentHash());
  }

  @Test
  void readsBackEveryKindOfTask() throws IOException {
    var completion =
        new Completion(
            List.of("\n\n"), 64, List.of(Filter.parse("regex:#### (\\d+)"), Filter.parse("strip")));
    var suite =
        new CapabilitySuite(
            List.of(
                item("a", new Task.Generation("q", "so\n#### 42", completion)),
                item("b", new Task.Choice("q", List.of(" x", " y"), 1, Metric.ACC_NORM)),
                item("c", new Task.Contrast("", List.of("x"), List.of("y", "z"), Metric.PAIR_ACC)),
                item("d", new Task.Text("a\nb", Metric.WORD_PERPLEXITY))));
    Path file = folder.resolve("written.jsonl");

    suite.write(file);

    assertThat(CapabilitySuite.read(file)).isEqualTo(suite);
    assertThat(suite.items().getFirst().answer()).isEqualTo("so\n#### 42");
    assertThat(suite.items().get(1).answer()).isEqualTo(" y");
  }

  private static CapabilityItem item(String capability, Task task) {
    return new CapabilityItem("item " + capability, capability, task, Split.of(task));
  }

  @Test
  void theSameQuestionUnderTwoNamesIsInOnePart() throws IOException {
    var file = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      file.append(GOOD.replace("p =>", "p" + i / 2).replace("\"a\"", "\"id" + i + "\""))
          .append('\n');
    }

    List<CapabilityItem> items = CapabilitySuite.read(file(file.toString())).items();

    for (int i = 0; i < 64; i += 2) {
      assertThat(items.get(i).split()).isEqualTo(items.get(i + 1).split());
    }
    assertThat(items).extracting(CapabilityItem::split).contains(Split.values());
  }

  @Test
  void hashIgnoresLayoutAndSeesEveryField() throws IOException {
    String hash = CapabilitySuite.read(file(GOOD)).contentHash();

    assertThat(
            CapabilitySuite.read(file("\n " + GOOD.replace(":", " : ") + "\r\n\n")).contentHash())
        .isEqualTo(hash);
    assertThat(CapabilitySuite.read(file(GOOD.replace(" x", " y"))).contentHash())
        .isNotEqualTo(hash);
  }

  @Test
  void explicitSplitWinsOverTheHash() throws IOException {
    Split usual = CapabilitySuite.read(file(GOOD)).items().getFirst().split();
    Split other = usual == Split.CALIBRATION ? Split.HELD_OUT : Split.CALIBRATION;
    String line = GOOD.replace("}", ",\"split\":\"" + other.label() + "\"}");

    assertThat(CapabilitySuite.read(file(line)).items(other)).hasSize(1);
  }

  @Test
  void hashOfIdsSplitsAboutInHalves() {
    long calibration = 0;
    for (int i = 0; i < 1000; i++) {
      calibration += Split.of("sql-" + i) == Split.CALIBRATION ? 1 : 0;
    }

    // Binomial with deviation 16: five deviations on either side.
    assertThat(calibration).isBetween(420L, 580L);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      textBlock =
          """
          {"id":"b","capability":"c","prompt":"p"} | line 2: field "answer" is missing
          {"id":"b","capability":"c","prompt":"p","answer":7} | line 2: field "answer": expected a string
          {"id":"b","capability":"c","prompt":"p","answer":" "} | line 2: field "answer" is blank
          {"id":"b","capability":"c","prompt":"p","answer":"x\\ny"} | line 2: field "answer" has more than one line
          {"id":"a","capability":"c","prompt":"p","answer":"x"} | line 2: field "id": expected a new id
          {"id":"b","id":"c"} | line 2: expected one line of JSON
          {"id":"b","weight":"c"} | line 2: field "weight" is not known beside "answer"
          {"id":"b","capability":"d","prompt":"p","choices":["x"],"right":0} | line 2: field "choices": expected 2 to 256 texts, found 1
          {"id":"b","capability":"d","prompt":"p","choices":["x","x"],"right":0} | line 2: field "choices": expected different texts, found text 1 again
          {"id":"b","capability":"d","prompt":"p","choices":["x"," "],"right":0} | line 2: field "choices": text 1 is blank
          {"id":"b","capability":"d","prompt":"p","choices":["x",1],"right":0} | line 2: field "choices": expected strings only, found 1
          {"id":"b","capability":"d","prompt":"p","choices":["x","y"],"right":2} | line 2: field "right": expected 0 to 1, found 2
          {"id":"b","capability":"d","prompt":"p","choices":["x","y"],"right":"0"} | line 2: field "right": expected a whole number, found "0"
          {"id":"b","capability":"d","prompt":"p","choices":["x","y"],"right":0.5} | line 2: field "right": expected a whole number, found 0.5
          {"id":"b","capability":"d","prompt":"p","choices":["x","y"],"right":0,"metric":"pair_acc"} | line 2: field "metric": expected one of [acc, acc_norm, acc_bytes, acc_mutual_info, brier], found pair_acc
          {"id":"b","capability":"d","prompt":"p","choices":["x","y"],"right":0,"metric":"f1"} | line 2: field "metric": expected one of
          {"id":"b","capability":"d","good":"x","bad":["y","x"]} | line 2: a text is in both "good" and "bad"
          {"id":"b","capability":"d","good":"x"} | line 2: field "bad" is missing
          {"id":"b","capability":"d","good":"x","bad":"y","text":"z"} | line 2: expected one of the fields "good" and "text", found both
          {"id":"b","capability":"d","text":"x","prompt":"y"} | line 2: field "prompt" is not known beside "text"
          {"id":"b","capability":"c","text":"x"} | line 2: capability "c": expected items of one kind, generation by exact_match, found text by bits_per_byte
          {"id":"b","capability":"d","prompt":"p","answer":"x","generation":{"stop":"y"}} | line 2: field "stop" is not known in "generation"
          {"id":"b","capability":"d","prompt":"p","answer":"x","generation":{"max_tokens":5000}} | line 2: field "max_tokens": expected 0 to 4096, found 5000
          {"id":"b","capability":"d","prompt":"p","answer":"x","generation":{"filters":["regex:("]}} | line 2: field "filters": expected a pattern
          {"id":"b","capability":"d","prompt":"p","answer":"x","generation":{"filters":["regex:[0-9]"]}} | line 2: the filters find nothing in field "answer"
          {"id":"b","capability":"c","prompt":"p","answer":"x","split":"test"} | line 2: field "split"
          {"id":"b","capability":"c","prompt":"p","answer":"x"} {} | line 2: expected one line of JSON
          [1] | line 2: expected a JSON object
          {"id":"b" | line 2: expected one line of JSON
          """)
  void namesLineAndField(String line, String message) throws IOException {
    Path file = file(GOOD + "\n" + line + "\n");

    assertThatThrownBy(() -> CapabilitySuite.read(file))
        .isInstanceOf(SuiteException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesFileWithoutItems() throws IOException {
    Path file = file("\n\n");

    assertThatThrownBy(() -> CapabilitySuite.read(file))
        .isInstanceOf(SuiteException.class)
        .hasMessageContaining("at least one item");
  }

  @Test
  void refusesLineLongerThanItsLimit() throws IOException {
    Path file = file(GOOD + "\n" + " ".repeat(CapabilitySuite.MAX_LINE_BYTES + 1));

    assertThatThrownBy(() -> CapabilitySuite.read(file))
        .isInstanceOf(SuiteException.class)
        .hasMessageContaining("line 2: expected at most 65536 bytes");
  }

  @Test
  void refusesTextThatIsNotUtf8() throws IOException {
    Path file = folder.resolve("latin.jsonl");
    Files.write(file, GOOD.replace('x', '\u00e9').getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> CapabilitySuite.read(file))
        .isInstanceOf(SuiteException.class)
        .hasMessageContaining("line 1: expected UTF-8");
  }
}
