package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.SharedData;
import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Llama2cFileTest {
  @TempDir Path folder;

  @Test
  @Tag("weights")
  void holdsTheSameModelAsTheConvertedFolder() throws IOException {
    Path stories = SharedData.folder("model-stories260k");
    try (Checkpoint original = Checkpoints.open(stories.resolve("original/stories260K.bin"));
        Checkpoint converted = Checkpoints.open(stories)) {
      Model model = original.load();

      assertThat(original.format()).isEqualTo("llama2c");
      assertThat(original.tokenizerSource()).isDirectory();
      SameModel.assertConfig(model.config(), converted.config());
      SameModel.assertWeights(model, converted.load(), UnaryOperator.identity());
    }
  }

  @Test
  void readsAnOutputMatrixOfItsOwn() throws IOException {
    Path file = file(4, 2, 1, 2, 1, -3, 5);

    try (Checkpoint checkpoint = Checkpoints.open(file)) {
      Model model = checkpoint.load();
      float[] row = new float[4];
      model.weights().output().weight().readRow(2, row, 0);

      assertThat(model.config().tied()).isFalse();
      assertThat(row[3])
          .isEqualTo((float) (Files.size(file) / 4 - 1)); // the last number of the file
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "negative width, -4 2 1 2 1 3 5",
    "no vocabulary, 4 2 1 2 1 0 5",
    "heads that do not divide, 4 2 1 3 1 3 5",
    "odd head width, 3 2 1 1 1 3 5",
    "absurd layers, 4 2 2147483647 2 1 3 5",
    "absurd everything, 2147483644 2147483647 2147483647 2 1 2147483647 2147483647"
  })
  void refusesHeaders(String name, String fields) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
    for (String field : fields.split(" ")) {
      bytes.putInt(Integer.parseInt(field));
    }
    Path file = Files.write(folder.resolve("bad.bin"), bytes.array());

    assertThatThrownBy(() -> Checkpoints.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("bad.bin");
  }

  @Test
  void refusesTruncatedFiles() throws IOException {
    byte[] whole = Files.readAllBytes(file(4, 2, 1, 2, 1, 3, 5));
    for (int length : new int[] {0, 3, 27, 28, whole.length - 1}) {
      Path file = Files.write(folder.resolve("cut.bin"), Arrays.copyOf(whole, length));

      assertThatThrownBy(() -> Checkpoints.open(file)).isInstanceOf(CheckpointException.class);
    }
  }

  /// A file whose numbers count up: the number at float position `i` is `i`.
  private Path file(int... header) throws IOException {
    int width = header[0];
    int keyWidth = width / header[3] * header[4];
    int vocabulary = Math.abs(header[5]) * width;
    int layer = 2 * width + 2 * width * width + 2 * keyWidth * width + 3 * header[1] * width;
    int numbers =
        vocabulary
            + header[2] * layer
            + width
            + header[6] * (width / header[3])
            + (header[5] < 0 ? vocabulary : 0);
    ByteBuffer bytes = ByteBuffer.allocate(28 + 4 * numbers).order(ByteOrder.LITTLE_ENDIAN);
    for (int field : header) {
      bytes.putInt(field);
    }
    for (int i = 7; i < 7 + numbers; i++) {
      bytes.putFloat(i);
    }
    return Files.write(folder.resolve("model.bin"), bytes.array());
  }
}
