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
  void hashIgnoresLayoutAndSeesEveryField() throws IOException {
    String hash = CapabilitySuite.read(file(GOOD)).contentHash();

    assertThat(
            CapabilitySuite.read(file("\n " + GOOD.replace(":", " : ") + "\r\n\n")).contentHash())
        .isEqualTo(hash);
    assertThat(CapabilitySuite.read(file(GOOD.replace(" x", " y"))).contentHash())
        .isNotEqualTo(hash);
  }

  @Test
  void explicitSplitWinsOverTheHashOfTheId() throws IOException {
    Split other = Split.of("a") == Split.CALIBRATION ? Split.HELD_OUT : Split.CALIBRATION;
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
          {"id":"b","id":"c"} | line 2: expected JSON
          {"id":"b","choices":"c"} | line 2: field "choices" is not known
          {"id":"b","capability":"c","prompt":"p","answer":"x","split":"test"} | line 2: field "split"
          {"id":"b","capability":"c","prompt":"p","answer":"x"} {} | line 2: expected one JSON object
          [1] | line 2: expected a JSON object
          {"id":"b" | line 2: expected JSON
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
