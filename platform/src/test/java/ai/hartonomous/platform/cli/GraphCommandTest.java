package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The verbs of `graph`, on a real model and its transcoders beside the repository.
@Tag("weights")
class GraphCommandTest extends CommandFixture {
  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir private Path temporary;

  private String model = "";
  private String coders = "";

  @BeforeEach
  void find() {
    model = folder("model-stories260k");
    coders = folder("sae-stories260k");
  }

  private static String folder(String name) {
    Path folder =
        Path.of(System.getProperty("repository.root"), "../shared/data", name).normalize();
    assumeTrue(Files.isDirectory(folder), "absent: " + folder);
    return folder.toString();
  }

  private int trace(String file, String... more) {
    String[] words = {
      "graph",
      "trace",
      model,
      "--coders",
      coders,
      "--prompt",
      "Once upon a",
      "--trials",
      "4",
      "--out",
      file
    };
    String[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return run(all);
  }

  @Test
  void aTracedGraphIsVerifiedAndAChangedOneIsNot() throws IOException {
    Path file = temporary.resolve("graph.json");

    assertThat(trace(file.toString(), "--json")).as(err).isZero();
    JsonNode traced = MAPPER.readTree(out);
    assertThat(run("graph", "verify", file.toString(), model, "--coders", coders, "--json"))
        .as(out + err)
        .isZero();
    JsonNode verified = MAPPER.readTree(out);

    assertThat(traced.path("conservation").path("worst").asDouble()).isLessThan(1e-4);
    assertThat(traced.path("interventions").path("worst_frozen").asDouble()).isLessThan(1e-3);
    assertThat(traced.path("visited_features")).isEqualTo(traced.path("active_features"));
    assertThat(verified.path("verified").asBoolean()).isTrue();
    assertThat(verified.path("computed").path("scores")).isEqualTo(traced.path("scores"));
    JsonNode graph = MAPPER.readTree(Files.readString(file));
    assertThat(graph.path("metadata").path("prompt_tokens").get(0).asString()).isEqualTo("<s>");
    double weight = graph.path("links").get(0).path("weight").asDouble();
    String changed = Files.readString(file).replaceFirst(":" + weight + "}", ":12.5}");
    Files.writeString(file, changed);
    assertThat(run("graph", "verify", file.toString(), model, "--coders", coders)).isOne();
    assertThat(out).contains("NOT VERIFIED");
  }

  @Test
  void aReportOfATraceIsComputedAgain() {
    String report = temporary.resolve("report.json").toString();

    assertThat(trace(temporary.resolve("g.json").toString(), "--report", report)).as(err).isZero();

    assertThat(out).contains("conservation: holds").contains("replacement");
    assertThat(run("verify", report)).as(out + err).isZero();
  }

  @Test
  void aTargetMayBeADifferenceOfTokens() {
    assertThat(trace(temporary.resolve("g.json").toString(), "--target", "403-407", "--json"))
        .as(err)
        .isZero();

    assertThat(MAPPER.readTree(out).path("targets").get(0).path("label").asString())
        .isEqualTo("403 - 407");
  }

  @Test
  void wrongUseIsNamed() {
    assertThat(run("graph")).isEqualTo(2);
    assertThat(run("graph", "trace", model, "--coders", coders)).isEqualTo(2);
    assertThat(err).contains("either --prompt or --ids");
    assertThat(run("graph", "trace", model, "--coders", coders, "--ids", "999")).isEqualTo(2);
    assertThat(err).contains("--ids: token id 999");
    assertThat(run("graph", "trace", model, "--coders", coders, "--ids", "5", "--target", "9999"))
        .isEqualTo(2);
    assertThat(err).contains("--target: token id 9999");
  }

  @Test
  void codersOfAnotherModelAreAFailure() {
    assertThat(
            run(
                "graph",
                "trace",
                folder("model-gpt2-shakespeare"),
                "--coders",
                coders,
                "--ids",
                "5,6"))
        .isOne();

    assertThat(err).contains("is 64 to 64 wide, the model 128");
  }
}
