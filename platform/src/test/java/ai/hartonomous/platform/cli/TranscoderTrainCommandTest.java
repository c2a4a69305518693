package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.interchange.StoredCoder;
import ai.hartonomous.interpret.transcoder.CoderActivation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `transcoder train` on a real checkpoint beside the repository.
@Tag("weights")
class TranscoderTrainCommandTest extends CommandFixture {

  @TempDir private Path temporary;

  private static Path data(String name) {
    Path path = Path.of(System.getProperty("repository.root"), "../shared/data", name).normalize();
    assumeTrue(Files.exists(path), "absent: " + path);
    return path;
  }

  private List<String> arguments(Path folder, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "transcoder",
                "train",
                data("model-stories260k").toString(),
                "--corpus",
                data("corpus-stories260k-samples/tinystories_sample.txt").toString(),
                "--out",
                folder.toString(),
                "--latents",
                "64",
                "--k",
                "4",
                "--batch",
                "64",
                "--threads",
                "1"));
    all.addAll(Arrays.asList(more));
    return all;
  }

  @Test
  void trainsACoderForEveryLayerAndStoresThem() throws IOException {
    Path folder = temporary.resolve("coders");

    assertThat(run(arguments(folder, "--steps", "20", "--json"))).as(err).isZero();

    JsonNode json = new JsonMapper().readTree(out);
    assertThat(json.path("steps").asInt()).isEqualTo(20);
    assertThat(json.path("tokens").asInt()).isEqualTo(20 * 64);
    assertThat(json.path("coders").size()).isEqualTo(5);
    assertThat(json.path("coders").get(4).path("training_fvu").asDouble()).isBetween(0.0, 1.5);
    List<StoredCoder> stored = Coders.readStored(folder);
    assertThat(stored).hasSize(5);
    assertThat(stored.getFirst().coder().activation()).isEqualTo(new CoderActivation.TopK(4));
    assertThat(stored.getFirst().coder().weights().skip()).isNotNull();
    assertThat(stored.getFirst().notes().tokens()).isEqualTo(20L * 64);
    assertThat(temporary.resolve("coders.state")).doesNotExist();
  }

  @Test
  void trainsAutoencodersOfOneLayer() throws IOException {
    Path folder = temporary.resolve("coders");

    int exitCode =
        run(
            arguments(
                folder,
                "--steps",
                "5",
                "--autoencoder",
                "residual_after",
                "--layers",
                "2",
                "--activation",
                "batchtopk"));

    assertThat(exitCode).as(err).isZero();
    var coder = Coders.read(folder).getFirst();
    assertThat(coder.reads().path()).isEqualTo("layers.2.residual_after");
    assertThat(coder.writes()).isEqualTo(coder.reads());
    assertThat(coder.activation()).isInstanceOf(CoderActivation.JumpRelu.class);
  }

  @Test
  void tunesWhatItTrained() throws IOException {
    Path folder = temporary.resolve("coders");
    Path tuned = temporary.resolve("tuned");
    assertThat(run(arguments(folder, "--steps", "20"))).as(err).isZero();

    int exitCode =
        run(
            List.of(
                "transcoder",
                "tune",
                data("model-stories260k").toString(),
                "--corpus",
                data("corpus-stories260k-samples/tinystories_sample.txt").toString(),
                "--coders",
                folder.toString(),
                "--out",
                tuned.toString(),
                "--steps",
                "12",
                "--tokens",
                "256",
                "--json"));

    assertThat(exitCode).as(err).isZero();
    JsonNode json = new JsonMapper().readTree(out);
    assertThat(json.path("last_divergence").asDouble())
        .isLessThan(json.path("first_divergence").asDouble());
    assertThat(Coders.read(tuned)).hasSize(5);
    assertThat(Coders.readStored(tuned).getFirst().notes().metrics())
        .containsKey("tuning_divergence");
  }

  @Test
  void refusesWrongUse() {
    Path folder = temporary.resolve("coders");
    assertThat(run(arguments(folder, "--layers", "9"))).isEqualTo(2);
    assertThat(err).contains("layers.9");
    assertThat(run(arguments(folder, "--k", "65"))).isEqualTo(2);
    assertThat(run(arguments(folder, "--activation", "softmax"))).isEqualTo(2);
    assertThat(run(List.of("transcoder"))).isEqualTo(2);
    assertThat(folder).doesNotExist();
  }

  @Test
  void doesNotOverwrite() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("coders"));

    assertThat(run(arguments(folder))).isEqualTo(1);

    assertThat(err).contains("coders exists");
  }
}
