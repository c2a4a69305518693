package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `capture` of a model that lies beside the repository.
@Tag("weights")
class CaptureCommandTest {
  @TempDir private Path temporary;

  private String out = "";
  private String err = "";

  @Test
  void storesTheValuesAndSaysWhatTheyAre() throws IOException {
    int exitCode = capture("--rows", "500", "--rows-per-shard", "200", "--dtype", "BF16", "--json");

    assertThat(exitCode).as(err).isZero();
    JsonNode json = new JsonMapper().readTree(out);
    assertThat(json.path("rows").asInt()).isEqualTo(500);
    assertThat(json.path("shards").asInt()).isEqualTo(3);
    assertThat(json.path("points").size()).isEqualTo(10);
    assertThat(json.path("points").path(0).path("mean_norm").asDouble()).isPositive();
    long rowBytes = 10 * 64 * 2;
    assertThat(Files.size(temporary.resolve("values/shard-00000.safetensors")))
        .isBetween(200 * rowBytes, 200 * rowBytes + 2000);
    assertThat(temporary.resolve("values/manifest.json")).exists();
  }

  @Test
  void statesTheSizeWithoutDoingTheWork() {
    assertThat(capture("--points", "layers.1.residual_after", "--dry-run")).as(err).isZero();

    assertThat(out).startsWith("1,804 rows in 1 shards, at most ");
    assertThat(temporary.resolve("values")).doesNotExist();
  }

  @Test
  void refusesToExceedTheBudget() {
    int exitCode = run("--budget", "100K");

    assertThat(exitCode).isEqualTo(1);
    assertThat(err).contains("the budget is 102400");
    assertThat(temporary.resolve("values")).doesNotExist();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "--points,layers.0.nothing,is no hook point",
    "--points,layers.7.mlp_input,the model has no layers.7.mlp_input",
    "--points,layers.1.pattern,not one row per token",
    "--dtype,Q8_0,values are stored as",
    "--rows,0,0 rows",
    "--budget,lots,is no number of bytes"
  })
  void saysWhatIsWrongUse(String option, String value, String complaint) {
    int exitCode = option.equals("--budget") ? run(option, value) : capture(option, value);

    assertThat(exitCode).isEqualTo(2);
    assertThat(err).contains(complaint);
  }

  private int capture(String... options) {
    String[] all = new String[options.length + 2];
    all[0] = "--budget";
    all[1] = "1G";
    System.arraycopy(options, 0, all, 2, options.length);
    return run(all);
  }

  private int run(String... options) {
    String[] start = {
      "capture",
      folder("model-stories260k").toString(),
      "--corpus",
      folder("corpus-stories260k-samples").resolve("tinystories_sample.txt").toString(),
      "--length",
      "512",
      "--out",
      temporary.resolve("values").toString()
    };
    String[] all = new String[start.length + options.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(options, 0, all, start.length, options.length);
    var outText = new StringWriter();
    var errText = new StringWriter();
    int exitCode =
        Main.commandLine()
            .setOut(new PrintWriter(outText))
            .setErr(new PrintWriter(errText))
            .execute(all);
    out = outText.toString();
    err = errText.toString();
    return exitCode;
  }

  private static Path folder(String name) {
    Path folder =
        Path.of(System.getProperty("repository.root"), "../shared/data", name).normalize();
    assumeTrue(Files.isDirectory(folder), "absent: " + folder);
    return folder;
  }
}
