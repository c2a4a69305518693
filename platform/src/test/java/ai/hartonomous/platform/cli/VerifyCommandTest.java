package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// What `verify` refuses, and how it compares. What it repeats is tested with the verbs.
class VerifyCommandTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir private Path temporary;
  private String err = "";

  private int verify(Path report) {
    var errText = new StringWriter();
    int exitCode =
        Main.commandLine()
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(errText))
            .execute("verify", report.toString());
    err = errText.toString();
    return exitCode;
  }

  private Path report(String... arguments) throws IOException {
    Path file = temporary.resolve("report.json");
    new Report(
            List.of(arguments),
            Report.Machine.here(),
            List.of(),
            List.of(),
            MAPPER.createObjectNode())
        .write(file);
    return file;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "serve | is no verb that",
        "token --user ann | is no verb that",
        "verify other.json | is no verb that",
        "agent create --source a --suite b --max-components 100 --out c | is no verb that",
        "transcoder convert coders --out c | is no verb that",
        "transcoder train m --corpus t --out c | --out would write a file",
        "transcoder train m --corpus t --out=c | --out would write a file",
        "probe embed m --report r | --report would write a file",
        "probe embed m --texts | at arguments",
        "probe embed m -- | at arguments",
        "probe search s --component | at arguments",
        "@words | at arguments",
        "no-such-verb | at arguments",
      })
  void refusesToRunWhatDoesNotOnlyRead(String arguments, String message) throws IOException {
    Path words = Files.writeString(temporary.resolve("words"), "serve");
    String line = arguments.replace("@words", "@" + words);

    assertThat(verify(report(line.split(" ")))).isEqualTo(1);

    assertThat(err).contains(message);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "[ | no JSON",
        "{} | hartonomous_report",
        "{\"hartonomous_report\":2} | expected 1, found 2",
        "{\"hartonomous_report\":1} | figures",
        "{\"hartonomous_report\":1,\"figures\":{},\"arguments\":[1]} | arguments: expected a text",
      })
  void namesWhatIsNoReport(String content, String message) throws IOException {
    Path file = Files.writeString(temporary.resolve("report.json"), content);

    assertThat(verify(file)).isEqualTo(1);

    assertThat(err).startsWith("hartonomous: ").contains(message);
  }

  @Test
  void everyVerbItMayRunExistsAndWritesReports() {
    for (String verb : VerifyCommand.VERBS) {
      var help = new StringWriter();
      int exitCode =
          Main.commandLine().setOut(new PrintWriter(help)).execute((verb + " --help").split(" "));
      assertThat(exitCode).as(verb).isZero();
      assertThat(help.toString()).contains("hartonomous " + verb).contains("--report");
    }
  }

  @Test
  void leavesOutWhereThingsWereWritten() {
    String words = "circuit find a --report r --seed 3 --out=x --resume --report=y";

    assertThat(ReportOption.kept(List.of(words.split(" "))))
        .containsExactly("circuit", "find", "a", "--seed", "3");
  }

  @Test
  void readsWhatItWrote() throws IOException {
    Path input = Files.writeString(temporary.resolve("input"), "abc");
    var figures = MAPPER.createObjectNode().put("x", 0.1f).put("y", 0.1);
    var written =
        new Report(
            List.of("a"),
            new Report.Machine("amd64", 2),
            Report.inputs(input),
            Report.written(temporary),
            figures);
    Path file = temporary.resolve("report.json");

    written.write(file);
    Report read = Report.read(file);

    assertThat(read.inputs()).isEqualTo(written.inputs());
    assertThat(read.written()).isEqualTo(written.written());
    assertThat(read.written().getFirst().path()).isEqualTo("input");
    assertThat(read.inputs().getFirst().sha256()).startsWith("ba7816bf8f01cfea");
    assertThat(read.machine()).isEqualTo(written.machine());
    assertThat(read.figures().path("y").asDouble()).isEqualTo(0.1);
  }

  @Test
  void comparesWhatWasWrittenOnlyWhereNumbersMustBeEqual() {
    var stored = List.of(new Report.Input("a", "1"), new Report.Input("b", "2"));
    var computed = List.of(new Report.Input("a", "1"), new Report.Input("b", "3"));
    var exact = new Differences(0);
    var near = new Differences(1e-4);

    exact.compareWritten(stored, computed);
    near.compareWritten(stored, computed);

    assertThat(exact.all()).hasSize(2);
    assertThat(near.all()).isEmpty();
  }

  @ParameterizedTest(name = "{0} and {1} within {2}: {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"x\":1} | {\"x\":1.0} | 0 | 0",
        "{\"x\":1} | {\"x\":1.0001} | 0 | 1",
        "{\"x\":1} | {\"x\":1.0001} | 0.001 | 0",
        "{\"x\":[1,2]} | {\"x\":[1]} | 0.1 | 1",
        "{\"x\":null} | {\"x\":0} | 0.1 | 1",
        "{\"x\":{\"y\":\"a\",\"z\":1}} | {\"x\":{\"y\":\"b\",\"w\":1}} | 0.1 | 3",
      })
  void listsEveryDifference(String stored, String computed, double tolerance, int expected) {
    var differences = new Differences(tolerance);

    differences.compare("figures", MAPPER.readTree(stored), MAPPER.readTree(computed));

    assertThat(differences.all()).hasSize(expected);
  }
}
