package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.distill.capability.CapabilitySuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SuiteCommandTest extends CommandFixture {
  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir private Path temporary;

  private static Path beside(String name) {
    return Path.of(System.getProperty("repository.root"), name).normalize();
  }

  private static Path shared(String name) {
    Path path = beside("../shared/data").resolve(name);
    assumeTrue(Files.exists(path), "absent: " + path);
    return path;
  }

  private Path path(String name) {
    return temporary.resolve(name);
  }

  private Path choices() throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      String right = "SELECT name FROM t" + i;
      text.append("{\"q\":\"names of t%d\",\"c\":[\"%s\",\"zzz\"],\"r\":0}\n".formatted(i, right));
    }
    return Files.writeString(path("tasks.jsonl"), text);
  }

  private Path imported() throws IOException {
    int code =
        run(
            "suite",
            "import",
            choices().toString(),
            "--format=choices",
            "--prompt={q} =>",
            "--choices=c",
            "--right=r",
            "--capability=names",
            "--out=" + path("suite.jsonl"));
    assertThat(code).as(err).isZero();
    return path("suite.jsonl");
  }

  @Test
  void importsWithAMapping() throws IOException {
    CapabilitySuite suite = CapabilitySuite.read(imported());

    assertThat(suite.items()).hasSize(24);
    assertThat(suite.items().getFirst().prompt()).isEqualTo("names of t0 =>");
    assertThat(out).contains("names", "choice", "acc", suite.contentHash());
  }

  @Test
  void showsWhatIsInASuite() throws IOException {
    Path suite = imported();

    assertThat(run("suite", "show", suite.toString(), "--json", "--examples=1")).isZero();
    JsonNode json = MAPPER.readTree(out);
    assertThat(json.path("items").intValue()).isEqualTo(24);
    JsonNode names = json.path("capabilities").path(0);
    assertThat(names.path("calibration").intValue() + names.path("held_out").intValue())
        .isEqualTo(24);
    assertThat(names.path("examples").size()).isEqualTo(1);
    assertThat(run("suite", "show", suite.toString())).isZero();
    assertThat(out).contains("names of t0 => |  SELECT name FROM t0");
  }

  @Test
  void neverOverwritesASuite() throws IOException {
    Path suite = imported();
    String before = Files.readString(suite);

    int code = run("suite", "import", choices().toString(), "--format=text", "--out=" + suite);

    assertThat(code).isEqualTo(1);
    assertThat(err).contains("exists already");
    assertThat(Files.readString(suite)).isEqualTo(before);
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    String tasks = choices().toString();
    String out = "--out=" + path("new.jsonl");

    assertThat(run("suite", "import", tasks, "--format=csv", out)).isEqualTo(2);
    assertThat(err).contains("--format is");
    assertThat(run("suite", "import", tasks, "--format=choices", out)).isEqualTo(2);
    assertThat(err).contains("--preset, or --prompt");
    assertThat(run("suite", "import", tasks, "--format=choices", "--preset=gsm8k", out))
        .isEqualTo(2);
    assertThat(run("suite", "import", tasks, "--format=choices", "--preset=arc", out)).isEqualTo(1);
    assertThat(err).contains("line 1: field \"question\": expected a value");
    assertThat(path("new.jsonl")).doesNotExist();
    assertThat(run("suite")).isEqualTo(2);
  }

  @Test
  void scoresTheSampleModelAndItsReportVerifies() throws IOException {
    Path clerk = beside("samples/models/clerk");
    Path sql = clerk.resolve("suites/sql.jsonl");
    assumeTrue(Files.exists(sql), "absent: " + sql);
    Path report = path("report.json");

    assertThat(
            run(
                "suite",
                "score",
                clerk.toString(),
                sql.toString(),
                "--threads=1",
                "--json",
                "--report=" + report))
        .as(err)
        .isZero();
    JsonNode score = MAPPER.readTree(out).path("scores").path(0);
    assertThat(score.path("metric").stringValue()).isEqualTo("exact_match");
    assertThat(score.path("value").doubleValue()).isGreaterThan(0.9);
    assertThat(score.path("n").intValue()).isGreaterThan(100);
    assertThat(score.path("template_sha256").stringValue()).hasSize(64);
    assertThat(run("verify", report.toString())).as(out + err).isZero();
  }

  @Test
  @Tag("weights")
  void choosesTheQueryThatTheSampleModelWouldWrite() throws IOException {
    Path clerk = beside("samples/models/clerk");
    Path suite = imported();

    assertThat(
            run(
                "suite",
                "score",
                clerk.toString(),
                suite.toString(),
                "--threads=1",
                "--metric=all",
                "--part=all"))
        .as(err)
        .isZero();

    assertThat(out).contains("acc_norm", "acc_bytes", "acc_mutual_info", "brier");
  }

  @Test
  @Tag("weights")
  void grammarOfASmallModelIsBetterThanChance() throws IOException {
    Path pairs = shared("prompts-blimp/anaphor_gender_agreement.jsonl");
    Path suite = path("blimp.jsonl");
    Path model = shared("model-stories260k");

    assertThat(
            run(
                "suite",
                "import",
                pairs.toString(),
                "--format=blimp",
                "--limit=200",
                "--out=" + suite))
        .as(err)
        .isZero();
    assertThat(
            run(
                "suite",
                "score",
                model.toString(),
                suite.toString(),
                "--part=all",
                "--metric=all",
                "--threads=1",
                "--json"))
        .as(err)
        .isZero();

    JsonNode scores = MAPPER.readTree(out).path("scores");
    assertThat(scores.size()).isEqualTo(2);
    for (JsonNode score : scores) {
      double chance = score.path("metric").stringValue().equals("pair_acc") ? 0.5 : 0;
      assertThat(score.path("value").doubleValue()).isNotEqualTo(chance);
      assertThat(score.path("standard_error").doubleValue()).isPositive();
      assertThat(score.path("n").intValue()).isEqualTo(200);
    }
  }

  @Test
  void refusesFewShotsWithoutEnoughItems() throws IOException {
    Path clerk = beside("samples/models/clerk");
    Path suite = imported();

    int code =
        run("suite", "score", clerk.toString(), suite.toString(), "--shots=30", "--threads=1");

    assertThat(code).isEqualTo(1);
    assertThat(err).contains("expected 30 other calibration items");
    assertThat(run("suite", "score", clerk.toString(), suite.toString(), "--metric=f1"))
        .isEqualTo(2);
  }
}
