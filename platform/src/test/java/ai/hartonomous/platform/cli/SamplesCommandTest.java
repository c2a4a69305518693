package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SamplesCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String line) {
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(line.split(" "));
  }

  @Test
  void generatesExercisesAndSuites() throws IOException {
    int code =
        run("samples generate --json --exercises 5 --suite-items 4 --seed 3 --out " + folder);

    assertThat(code).isZero();
    assertThat(out.toString()).contains("\"skills\":[\"sql\"");
    assertThat(CapabilitySuite.read(folder.resolve("suites/sql.jsonl")).items()).hasSize(4);
    assertThat(Files.readAllLines(folder.resolve("train/sorting.jsonl"))).hasSize(5);
  }

  @Test
  void trainsResumesAndRefusesToReplace() throws IOException {
    Path model = folder.resolve("model");
    String line = "samples train reckoner --json --steps 2 --batch 2 --threads 1 --out " + model;

    assertThat(run(line)).isZero();
    byte[] weights = Files.readAllBytes(model.resolve("model.safetensors"));
    assertThat(out.toString()).contains("\"steps\":2", "\"capability\":\"units\"");
    try (Checkpoint checkpoint = Checkpoints.open(model)) {
      assertThat(checkpoint.config().family()).isEqualTo("gpt2");
    }

    assertThat(run(line)).isEqualTo(1);
    assertThat(err.toString()).contains(model.toString());
    assertThat(Files.readAllBytes(model.resolve("model.safetensors"))).isEqualTo(weights);

    assertThat(run(line + "2 --resume")).isEqualTo(1);
    Files.move(model, folder.resolve("first"));
    assertThat(run(line + " --resume")).isZero();
    assertThat(Files.readAllBytes(model.resolve("model.safetensors"))).isEqualTo(weights);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "samples",
        "samples train --out x",
        "samples train pilot --out x",
        "samples train clerk",
        "samples train clerk --out x --steps 0",
        "samples train clerk --out x --rate fast",
        "samples generate",
        "samples generate --out x --suite-items 0",
      })
  void wrongUseIsCodeTwo(String line) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(strings = {"samples --help", "samples generate --help", "samples train --help"})
  void explainsItself(String line) {
    assertThat(run(line)).isZero();
    assertThat(out.toString()).contains("Usage:");
  }
}
