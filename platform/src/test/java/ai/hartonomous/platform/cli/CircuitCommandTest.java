package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The verbs of `circuit` on a sample model, and `verify` on what they report.
class CircuitCommandTest extends CommandFixture {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String CLERK =
      Path.of(System.getProperty("repository.root"), "samples/models/clerk").toString();

  @TempDir private Path temporary;

  private int runLine(String line, String... more) {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    words.replaceAll(word -> word.equals("CLERK") ? CLERK : word);
    words.addAll(List.of(more));
    return run(words);
  }

  @Test
  void figuresOfAReportAreComputedAgain() throws IOException {
    Path report = temporary.resolve("report.json");
    Path scores = temporary.resolve("scores.json");

    int exitCode =
        runLine(
            "circuit find CLERK --suite agreement --items 6 --steps 2 --json",
            "--report",
            report.toString(),
            "--out",
            scores.toString());

    assertThat(exitCode).as(err).isZero();
    JsonNode figures = MAPPER.readTree(out);
    assertThat(figures.path("whole").asDouble()).isGreaterThan(figures.path("none").asDouble());
    assertThat(figures.path("top_edges").size()).isEqualTo(20);
    assertThat(figures.path("neurons").get(0).path("neuron").asString()).startsWith("layers.");
    Files.delete(scores);
    assertThat(runLine("verify", report.toString())).as(out + err).isZero();
    assertThat(out).contains("all equal exactly");
    assertThat(scores).doesNotExist();

    String text = Files.readString(report);
    Files.writeString(report, text.replaceFirst("\"whole\" : [0-9.]+", "\"whole\" : 99.5"));
    assertThat(runLine("verify", report.toString())).isEqualTo(1);
    assertThat(out).contains("figures.whole: stored 99.5").contains("1 differences");

    Files.writeString(report, text.replaceFirst("\"sha256\" : \"..", "\"sha256\" : \"zz"));
    assertThat(runLine("verify", report.toString())).isEqualTo(1);
    assertThat(out).contains("inputs " + CLERK).contains("stored zz");

    Files.writeString(report, text.replaceFirst("\"--items\"", "\"--out\", \"x\", \"--items\""));
    assertThat(runLine("verify", report.toString())).isEqualTo(1);
    assertThat(err).contains("--out would write a file");
  }

  @Test
  void scorePrintsBothAreasAndTheRandomBaseline() throws IOException {
    Path report = temporary.resolve("report.json");
    Path scores = temporary.resolve("scores.json");
    String suite = "CLERK --suite roles --items 8 --steps 2";

    assertThat(
            runLine("circuit score " + suite + " --random-seeds 2", "--report", report.toString()))
        .as(err)
        .isZero();
    assertThat(out)
        .contains("CPR")
        .contains("random CPR")
        .contains("CMD")
        .contains("random CMD")
        .contains("halves of the items");
    JsonNode figures = MAPPER.readTree(Files.readString(report)).path("figures");
    assertThat(figures.path("range_low").asDouble()).isPositive();
    assertThat(figures.path("signed").size()).isEqualTo(10);
    assertThat(figures.path("signed").get(9).path("f").asDouble()).isCloseTo(1, within(1e-3));
    assertThat(runLine("verify", report.toString(), "--json")).as(out + err).isZero();

    assertThat(runLine("circuit find " + suite, "--out", scores.toString())).as(err).isZero();
    assertThat(out).contains("component").contains("neuron");
    assertThat(
            runLine(
                "circuit score " + suite + " --random-seeds 1 --json",
                "--circuit",
                scores.toString()))
        .as(err)
        .isZero();
    assertThat(MAPPER.readTree(out).path("method").asString()).isEqualTo("file");
  }

  @Test
  void pairsOfUnequalLengthAreNamed() throws IOException {
    Path suite =
        Files.writeString(
            temporary.resolve("suite.jsonl"),
            "{\"id\":\"x7\",\"clean\":\"VERB: the dog\",\"corrupted\":\"VERB: dog\","
                + "\"answers\":[\" is\"],\"wrong\":[\" are\"]}\n");

    assertThat(runLine("circuit find CLERK --suite", suite.toString())).isEqualTo(1);

    assertThat(err).contains("item x7: prompts of unequal length");
    assertThat(runLine("circuit find CLERK --skip-unusable --suite", suite.toString()))
        .isEqualTo(1);
    assertThat(err).contains("no usable items: 1 with prompts of unequal length");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "find CLERK | Missing required option: '--suite=SUITE'",
        "find CLERK --suite agreement --method acdc | Invalid value for option '--method'",
        "find CLERK --suite agreement --steps 0 | --steps",
        "find CLERK --suite agreement --items 0 | --items",
        "find CLERK --suite agreement --threads 0 | --threads",
        "find CLERK --suite agreement --method eap --metric divergence | has none there",
        "score CLERK --suite agreement --held-out 1 | --held-out",
        "score CLERK --suite agreement --select best | --select",
      })
  void wrongUseIsExplained(String arguments, String message) {
    assertThat(runLine("circuit " + arguments)).isEqualTo(2);

    assertThat(err).contains(message);
    assertThat(out).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"find", "score"})
  void everyVerbExplainsItself(String verb) {
    assertThat(runLine("circuit " + verb + " --help")).isZero();
    assertThat(out).contains("Usage: hartonomous circuit " + verb).contains("--report");
  }
}
