package ai.hartonomous.interpret.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.interpret.probe.Component.Kind;
import ai.hartonomous.model.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeStoreTest {

  private static final int COMPONENTS = 7;
  private static final int TEXTS = 5;

  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void write() throws IOException {
    folder = temporary.resolve("store");
    store().write(folder);
  }

  private static ProbeStore store() {
    var random = new SplittableRandom(1);
    List<Component> components = new ArrayList<>();
    float[][] values = new float[COMPONENTS][TEXTS];
    for (int c = 0; c < COMPONENTS; c++) {
      Kind kind = c < 2 ? Kind.HEAD : c < 5 ? Kind.NEURON : Kind.FEATURE;
      components.add(new Component("layers.0.parts." + c, kind));
      for (int p = 0; p < TEXTS; p++) {
        values[c][p] = (float) random.nextGaussian();
      }
    }
    return new ProbeStore("m", "a".repeat(64), "b", 1, new Responses(components, values));
  }

  @Test
  void givesBackWhatWasWritten() throws IOException {
    ProbeStore read = ProbeStore.read(folder);

    assertThat(read.model()).isEqualTo("m");
    assertThat(read.modelHash()).isEqualTo("a".repeat(64));
    assertThat(read.textsHash()).isEqualTo("b");
    assertThat(read.leading()).isEqualTo(1);
    assertThat(read.responses().components()).isEqualTo(store().responses().components());
    assertThat(read.responses().values()).isDeepEqualTo(store().responses().values());
  }

  @Test
  void readsStoresOfTheFirstVersion() throws IOException {
    Path names = folder.resolve("probe.json");
    String json = Files.readString(names);
    String first =
        json.replace("\"version\":2", "\"version\":1")
            .replaceAll("\"responses_sha256\":\"[0-9a-f]+\",", "");
    assertThat(first).isNotEqualTo(json).doesNotContain("responses_sha256");
    Files.writeString(names, first);

    assertThat(ProbeStore.read(folder).responses().values())
        .isDeepEqualTo(store().responses().values());
  }

  /// A flipped bit in the names may give another name; it never gives other numbers.
  @Test
  void noFlippedBitGivesOtherNumbers() throws IOException {
    Path numbers = folder.resolve("responses.safetensors");
    byte[] sound = Files.readAllBytes(numbers);
    for (int at = 0; at < sound.length; at++) {
      byte[] damaged = sound.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      Files.write(numbers, damaged);

      assertThatThrownBy(() -> ProbeStore.read(folder))
          .as("byte " + at)
          .isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  void noDamagedTextEndsInAnythingButAFormatException() throws IOException {
    Path names = folder.resolve("probe.json");
    byte[] sound = Files.readAllBytes(names);
    int refused = 0;
    for (int at = 0; at < sound.length; at++) {
      byte[] damaged = sound.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      Files.write(names, damaged);
      try {
        assertThat(ProbeStore.read(folder).responses().values())
            .isDeepEqualTo(store().responses().values());
      } catch (CheckpointException _) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
    for (int length = 0; length < sound.length; length += 11) {
      Files.write(names, Arrays.copyOf(sound, length));
      assertThatThrownBy(() -> ProbeStore.read(folder)).isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  void refusesMoreThanTheReaderWants() throws IOException {
    long size =
        Files.size(folder.resolve("probe.json"))
            + Files.size(folder.resolve("responses.safetensors"));

    assertThat(ProbeStore.read(folder, size).leading()).isEqualTo(1);
    assertThatThrownBy(() -> ProbeStore.read(folder, size - 1))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("at most");
  }
}
