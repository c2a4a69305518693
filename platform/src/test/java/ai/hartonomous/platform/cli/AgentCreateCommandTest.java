package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentCreateCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest(name = "{0} components, threshold {1}")
  @CsvSource({"99, 0.85", "10001, 0.85", "500, 1.5", "500, -0.1", "500, -1", "many, 0.85"})
  void numbersOutOfRangeAreAnErrorOfUse(String components, String threshold) throws IOException {
    int exitCode = create("--max-components", components, "--threshold", threshold);

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("hartonomous agent create");
    assertThat(left()).isZero();
  }

  @Test
  void aMissingSourceIsAnErrorOfUse() throws IOException {
    int exitCode = create("--max-components", "500");

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("no folder with a model at").contains("nowhere");
    assertThat(out.toString()).isEmpty();
    assertThat(left()).isZero();
  }

  @Test
  void anExistingOutputIsAnErrorOfUse() throws IOException {
    Files.createDirectory(folder.resolve("agent"));

    int exitCode = create("--max-components", "500");

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("exists already");
    assertThat(left()).isEqualTo(1);
  }

  @Test
  void elevenSourcesAreAnErrorOfUse() throws IOException {
    String[] more = new String[2 + 20];
    more[0] = "--max-components";
    more[1] = "500";
    for (int i = 2; i < more.length; i += 2) {
      more[i] = "--source";
      more[i + 1] = folder.resolve("nowhere" + i).toString();
    }

    assertThat(create(more)).isEqualTo(2);

    assertThat(err.toString()).contains("expected 1 to 10 sources, found 11");
    assertThat(left()).isZero();
  }

  @Test
  void severalSourcesTakeNoTeacher() throws IOException {
    int exitCode = create("--max-components", "500", "--source", "other", "--teacher", "another");

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("--teacher and --coders need one source");
    assertThat(left()).isZero();
  }

  @Test
  void oneSourceHasNothingToCombine() throws IOException {
    int exitCode = create("--max-components", "500", "--combine", "mix");

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("--combine needs several sources");
    assertThat(left()).isZero();
  }

  @Test
  void aWayToCombineThatIsNotKnownIsAnErrorOfUse() throws IOException {
    int exitCode = create("--max-components", "500", "--source", "other", "--combine", "blend");

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("expected route, mix or auto, found 'blend'");
    assertThat(left()).isZero();
  }

  @Test
  void helpExplainsTheLimits() {
    int exitCode = run("agent", "create", "--help");

    assertThat(exitCode).isZero();
    assertThat(out.toString()).contains("--max-components").contains("100 to 10000");
  }

  private int create(String... more) {
    String[] basic = {
      "agent", "create",
      "--source", folder.resolve("nowhere").toString(),
      "--suite", folder.resolve("nothing.jsonl").toString(),
      "--out", folder.resolve("agent").toString()
    };
    return run(Stream.concat(Stream.of(basic), Stream.of(more)).toArray(String[]::new));
  }

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private long left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}
