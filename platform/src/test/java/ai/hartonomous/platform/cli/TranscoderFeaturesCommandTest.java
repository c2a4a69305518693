package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `transcoder convert`, `transcoder features` and `probe`, on stories260K beside the repository.
@Tag("weights")
class TranscoderFeaturesCommandTest extends CommandFixture {

  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir private Path temporary;

  private static String folder(String name) {
    Path folder =
        Path.of(System.getProperty("repository.root"), "../shared/data", name).normalize();
    assumeTrue(Files.isDirectory(folder), "absent: " + folder);
    return folder.toString();
  }

  private JsonNode json() {
    return MAPPER.readTree(out);
  }

  private String text() throws IOException {
    return text("<|endoftext|>");
  }

  private String text(String separator) throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      text.append("Once upon a time, Lily and Ben saw a big dog in the park. ");
      text.append("The dog was happy. \"Can we play?\" said Lily.").append(separator);
    }
    return Files.writeString(temporary.resolve("text.txt"), text).toString();
  }

  /// Runs a command line whose words stand between spaces.
  private void runWell(String line) {
    assertThat(run(line.split(" "))).as(() -> err).isZero();
  }

  @Test
  void codersGoToSaeLensAndFeaturesAreRead() throws IOException {
    String model = folder("model-stories260k");
    String coders = folder("sae-stories260k");
    Path lens = temporary.resolve("lens");
    Path features = temporary.resolve("features");

    runWell("transcoder convert %s --out %s --layout saelens --json".formatted(coders, lens));
    assertThat(json().path("coders").size()).isEqualTo(6);
    runWell(
        "transcoder features %s --coders %s --corpus %s --out %s --json"
            .formatted(model, lens, text(), features));
    JsonNode first = json().path("coders").get(0);
    assertThat(first.path("features").asInt()).isEqualTo(512);
    assertThat(first.path("tokens").asInt()).isGreaterThan(1000);
    String file = first.path("path").asString();
    runWell("transcoder feature %s --file %s --number 4".formatted(model, file));
    assertThat(json().path("index").asInt()).isEqualTo(4);
    assertThat(json().path("top_logits").size()).isEqualTo(10);
    assertThat(json().path("hartonomous").has("label")).isTrue();
  }

  @Test
  void codersOfAnotherModelAreRefused() throws IOException {
    String coders = folder("sae-stories260k");
    String other = folder("model-gpt2-shakespeare");
    String model = folder("model-stories260k");
    Path lens = temporary.resolve("lens");

    runWell(
        "transcoder convert %s --out %s --model %s --text %s"
            .formatted(coders, lens, model, text(" ")));
    assertThat(out).contains("of the variance unexplained");
    String[] wrong =
        "transcoder convert %s --out %s.2 --model %s --text %s"
            .formatted(coders, lens, other, text(" "))
            .split(" ");
    assertThat(run(wrong)).isEqualTo(1);
    assertThat(lens.resolveSibling("lens.2")).doesNotExist();
    assertThat(run("transcoder", "convert", coders, "--out", "x", "--model", model)).isEqualTo(2);
  }

  @Test
  void componentsAreFoundByExampleAndByText() throws IOException {
    String model = folder("model-stories260k");
    String store = temporary.resolve("probe").toString();
    Path lines = temporary.resolve("texts.txt");
    Files.writeString(
        lines, "Once there was a dog.\n1 2 3 4 5\nLily ran home.\n\"No!\" he said.\n");

    assertThat(run("probe", "embed", model, "--out", store, "--texts", lines.toString(), "--json"))
        .as(err)
        .isZero();
    assertThat(json().path("components").asInt()).isEqualTo(900);
    assertThat(run("probe", "search", store, "--component", "layers.1.heads.3", "--json"))
        .as(err)
        .isZero();
    assertThat(json().path("hits").get(0).path("component").asString())
        .isEqualTo("layers.1.heads.3");
    assertThat(
            run(
                "probe",
                "search",
                store,
                "--text",
                "The dog ran.",
                "--model",
                model,
                "--kind",
                "HEAD",
                "--count",
                "3",
                "--json"))
        .as(err)
        .isZero();
    assertThat(json().path("hits").size()).isEqualTo(3);
  }

  @Test
  void wrongUseAndMissingFilesAreTold() {
    String model = folder("model-stories260k");

    assertThat(run("transcoder")).isEqualTo(2);
    assertThat(run("probe")).isEqualTo(2);
    assertThat(run("transcoder", "features", model, "--coders", "x")).isEqualTo(2);
    assertThat(run("probe", "search", temporary.toString())).isEqualTo(2);
    assertThat(run("probe", "check", model)).isEqualTo(2);
    assertThat(run("probe", "search", temporary.toString(), "--component", "x")).isEqualTo(1);
    assertThat(run("transcoder", "convert", temporary.toString(), "--out", "y")).isEqualTo(1);
    assertThat(err).contains("folders with cfg.json");
  }
}
