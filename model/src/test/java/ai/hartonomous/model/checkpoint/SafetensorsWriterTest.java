package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.checkpoint.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {

  @TempDir private Path folder;

  @Test
  void rowsGiveTheBytesOfTheirMatrix() throws IOException {
    float[] numbers = {1, -2.5f, 3, 1e-7f, 5, Float.MAX_VALUE};
    var tensor = new Tensor("m", List.of(3L, 2L), () -> numbers);
    Path whole = folder.resolve("whole");
    Path rows = folder.resolve("rows");

    SafetensorsWriter.write(whole, List.of(tensor), Dtype.F32);
    SafetensorsWriter.writeRows(
        rows, "m", new float[][] {{1, -2.5f}, {3, 1e-7f}, {5, Float.MAX_VALUE}}, Dtype.F32);

    assertThat(Files.readAllBytes(rows)).isEqualTo(Files.readAllBytes(whole));
  }

  @Test
  void refusesRowsOfDifferentLengthAndFilesThatAreThere() throws IOException {
    Path file = folder.resolve("file");

    assertThatThrownBy(
            () -> SafetensorsWriter.writeRows(file, "m", new float[][] {{1, 2}, {3}}, Dtype.F32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 numbers beside rows of 2");
    assertThatThrownBy(() -> SafetensorsWriter.writeRows(file, "m", new float[][] {{1}}, Dtype.F32))
        .isInstanceOf(FileAlreadyExistsException.class);
  }
}
