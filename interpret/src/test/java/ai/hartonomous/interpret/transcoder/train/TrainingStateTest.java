package ai.hartonomous.interpret.transcoder.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.interpret.transcoder.train.TrainingState.Numbers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingStateTest {
  private static final String TEXT = "recipe and stream";

  @TempDir private Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("deep/state");
    Numbers numbers = numbers();
    numbers.longs().getFirst()[2] = Long.MIN_VALUE;
    numbers.doubles().getFirst()[0] = Double.NaN;
    for (int i = 0; i < 30_000; i++) {
      numbers.floats().getFirst()[i] = 1f / i;
    }
    TrainingState.write(file, TEXT, numbers);
  }

  private static Numbers numbers() {
    return new Numbers(
        List.of(new long[3]), List.of(new double[2]), List.of(new float[30_000], new float[0]));
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    Numbers read = numbers();

    TrainingState.read(file, TEXT, read);

    assertThat(read.longs().getFirst()).containsExactly(0, 0, Long.MIN_VALUE);
    assertThat(read.doubles().getFirst()[0]).isNaN();
    assertThat(read.floats().getFirst()[0]).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(read.floats().getFirst()[29_999]).isEqualTo(1f / 29_999);
    try (var files = Files.list(file.resolveSibling(""))) {
      assertThat(files).containsExactly(file);
    }
  }

  @ParameterizedTest(name = "byte {0}")
  @ValueSource(ints = {0, 8, 13, 30, 1000, 90_000, -1, -9})
  void refusesADamagedFile(int at) throws IOException {
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long place = at < 0 ? bytes.length() + at : at;
      bytes.seek(place);
      int value = bytes.read();
      bytes.seek(place);
      bytes.write(value ^ 0x40);
    }

    assertThatThrownBy(() -> TrainingState.read(file, TEXT, numbers()))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("state at byte ");
  }

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(ints = {0, 5, 10, 20, 60, 100_000})
  void refusesAFileThatEndsEarly(int size) throws IOException {
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(size);
    }

    assertThatThrownBy(() -> TrainingState.read(file, TEXT, numbers()))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("end of the file");
  }

  @Test
  void refusesAFileThatGoesOn() throws IOException {
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(bytes.length() + 1);
    }

    assertThatThrownBy(() -> TrainingState.read(file, TEXT, numbers()))
        .hasMessageContaining("more bytes");
  }

  @Test
  void refusesOtherArrays() {
    var other = new Numbers(List.of(new long[3]), List.of(new double[2]), List.of(new float[8]));

    assertThatThrownBy(() -> TrainingState.read(file, TEXT, other))
        .hasMessageContaining("expected 8 numbers, found 30000");
  }
}
