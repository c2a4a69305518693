package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AgentCompareCommandTest extends CommandFixture {
  private static final Path RECKONER =
      Path.of(System.getProperty("repository.root"), "samples/models/reckoner");

  @TempDir private Path folder;

  @Test
  void everySeedAndMethodBecomesACell() throws IOException {
    Path cells = folder.resolve("cells.jsonl");

    int exitCode = compare("--methods", "magnitude,random", "--out", cells.toString(), "--json");

    assertThat(exitCode).as(err).isZero();
    assertThat(Files.readAllLines(cells)).hasSize(4);
    JsonNode rows = new JsonMapper().readTree(out).get("rows");
    assertThat(rows.size()).isEqualTo(2);
    JsonNode magnitude = rows.get(0);
    assertThat(magnitude.get("method").stringValue()).isEqualTo("magnitude");
    assertThat(magnitude.get("seeds").intValue()).isEqualTo(2);
    assertThat(magnitude.get("source").get("exact").doubleValue()).isGreaterThan(0.9);
    assertThat(magnitude.get("before").get("exact").doubleValue()).isLessThan(0.5);
    assertThat(magnitude.get("heads").doubleValue() + magnitude.get("neurons").doubleValue())
        .isLessThanOrEqualTo(520);
  }

  @Test
  void whatIsThereIsNotMeasuredAgainAndALineCutOffIsDropped() throws IOException {
    Path cells = folder.resolve("cells.jsonl");
    compare("--methods", "magnitude", "--out", cells.toString());
    String first = out;
    List<String> lines = Files.readAllLines(cells);
    Files.writeString(cells, "{\"source\":\"reck", StandardOpenOption.APPEND);

    int exitCode = compare("--methods", "magnitude", "--out", cells.toString());

    assertThat(exitCode).as(err).isZero();
    assertThat(Files.readAllLines(cells)).isEqualTo(lines);
    assertThat(out).isEqualTo(first).contains("magnitude").contains("exact before");
  }

  @Test
  void rankingsSayWhetherTheyReplicate() {
    int exitCode = compare("--methods", "random,wanda", "--seeds", "1", "--replicate");

    assertThat(exitCode).as(err).isZero();
    assertThat(out)
        .containsPattern("sorting: wanda (replicates|does not replicate) between halves");
    assertThat(out).doesNotContain("sorting: random");
  }

  @Test
  void aDamagedLineIsNamed() throws IOException {
    Path cells = folder.resolve("cells.jsonl");
    Files.writeString(cells, "{\"source\": 1}\n");

    int exitCode = compare("--methods", "magnitude", "--out", cells.toString());

    assertThat(exitCode).isEqualTo(1);
    assertThat(err).contains("cells.jsonl line 1: expected a cell of a comparison");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "--methods, guessing",
    "--share, 0",
    "--share, 1.5",
    "--seeds, 3-1",
    "--heal, -1",
    "--threads, 0",
    "--corpus, text.txt",
  })
  void wrongUse(String option, String value) {
    assertThat(compare(option, value)).isEqualTo(2);
    assertThat(err).contains("hartonomous agent compare");
  }

  @Test
  void aMissingSourceIsWrongUse() {
    int exitCode = run("agent", "compare", "--source", "nowhere", "--suite", "none.jsonl");

    assertThat(exitCode).isEqualTo(2);
    assertThat(err).contains("no folder with a model at nowhere");
  }

  private int compare(String... more) {
    List<String> words =
        new ArrayList<>(List.of("agent", "compare", "--source", RECKONER.toString(), "--suite"));
    words.add(RECKONER.resolve("suites/sorting.jsonl").toString());
    List<String> given = List.of(more);
    words.addAll(given);
    if (!given.contains("--seeds")) {
      words.addAll(List.of("--seeds", "1-2"));
    }
    if (!given.contains("--heal")) {
      words.addAll(List.of("--heal", "0"));
    }
    return run(words);
  }
}
