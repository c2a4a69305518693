package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileSafetensorsTest {
  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "overlapping | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
            + "'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}",
        "gap | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
            + "'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}}",
        "late start | {'a':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}",
        "bytes left over | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
        "out of range | {'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}",
        "far out of range | {'a':{'dtype':'U8','shape':[9223372036854775807],"
            + "'data_offsets':[0,9223372036854775807]}}",
        "backwards | {'a':{'dtype':'F32','shape':[3],'data_offsets':[12,0]}}",
        "negative offset | {'a':{'dtype':'F32','shape':[3],'data_offsets':[-12,0]}}",
        "negative extent | {'a':{'dtype':'F32','shape':[-3],'data_offsets':[0,12]}}",
        "two negative extents | {'a':{'dtype':'F32','shape':[-3,-1],'data_offsets':[0,12]}}",
        "extents that overflow | {'a':{'dtype':'F32','shape':[4294967296,4294967296],"
            + "'data_offsets':[0,12]}}",
        "extents that overflow to the right size | {'a':{'dtype':'F32',"
            + "'shape':[3,6148914691236517206],'data_offsets':[0,12]}}",
        "extent beyond 64 bits | {'a':{'dtype':'F32','shape':[18446744073709551619],"
            + "'data_offsets':[0,12]}}",
        "fraction | {'a':{'dtype':'F32','shape':[3.0],'data_offsets':[0,12]}}",
        "exponent | {'a':{'dtype':'F32','shape':[3e0],'data_offsets':[0,12]}}",
        "not a number | {'a':{'dtype':'F32','shape':[NaN],'data_offsets':[0,12]}}",
        "wrong length for the shape | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,12]}}",
        "unknown dtype | {'a':{'dtype':'F99','shape':[3],'data_offsets':[0,12]}}",
        "no dtype | {'a':{'shape':[3],'data_offsets':[0,12]}}",
        "no shape | {'a':{'dtype':'F32','data_offsets':[0,12]}}",
        "three offsets | {'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12,12]}}",
        "unknown key | {'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12],'x':1}}",
        "nine dimensions | {'a':{'dtype':'F32','shape':[3,1,1,1,1,1,1,1,1],"
            + "'data_offsets':[0,12]}}",
        "duplicate name | {'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]},"
            + "'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}",
        "duplicate key | {'a':{'dtype':'F32','dtype':'F32','shape':[3],'data_offsets':[0,12]}}",
        "metadata that is no text | {'__metadata__':{'n':1},"
            + "'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}",
        "tensor that is no object | {'a':[]}",
        "two objects | {}{}",
        "unclosed | {'a':{'dtype':'F32'",
        "list in a list | {'a':{'dtype':'F32','shape':[[3]],'data_offsets':[0,12]}}"
      })
  void refusesHeaders(String name, String header) throws IOException {
    Path file = write(header.replace('\'', '"'), 12);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("hostile.safetensors")
        .hasMessageContaining("expected");
  }

  @ParameterizedTest(name = "length {0}")
  @ValueSource(longs = {0, 1, 99, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE, -1})
  void refusesHeaderLengths(long length) throws IOException {
    byte[] bytes =
        ByteBuffer.allocate(40)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(length)
            .put((byte) '{')
            .array();
    Path file = Files.write(folder.resolve("hostile.safetensors"), bytes);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("header length");
  }

  @Test
  void refusesHeadersThatNestForever() throws IOException {
    Path file = write("{\"a\":" + "[".repeat(100_000), 0);

    assertThatThrownBy(() -> SafetensorsFile.open(file)).isInstanceOf(CheckpointException.class);
  }

  @Test
  void saysWhereAndWhat() throws IOException {
    Path file = write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,12]}}", 12);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOfSatisfying(
            CheckpointException.class,
            e -> {
              assertThat(e.file()).isEqualTo(file);
              assertThat(e.place()).isEqualTo("tensor \"a\"");
              assertThat(e.expected()).isEqualTo("8 bytes for F32 [2]");
              assertThat(e.found()).isEqualTo("data_offsets [0, 12]");
            });
  }

  @Test
  void acceptsEmptyTensorsScalarsAndOddTypesBesides() throws IOException {
    Path file =
        write(
            "{\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
                + "\"e\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[4,4]},"
                + "\"m\":{\"dtype\":\"BOOL\",\"shape\":[8],\"data_offsets\":[4,12]}}   ",
            12);

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      Map<String, StoredTensor> tensors = open.tensors();
      assertThat(tensors.keySet()).containsExactly("s", "e", "m");
      assertThat(Objects.requireNonNull(tensors.get("s")).read()).hasSize(1);
      assertThat(Objects.requireNonNull(tensors.get("e")).read()).isEmpty();
      assertThatThrownBy(() -> Objects.requireNonNull(tensors.get("m")).read())
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("BOOL");
    }
  }

  @ParameterizedTest(name = "{0} of random bits")
  @ValueSource(strings = {"F32", "F16", "BF16"})
  void everyBitPatternSurvives(String dtype) throws IOException {
    // All 16-bit patterns, not-a-numbers left out: they keep no fixed payload in floats.
    float[] numbers = new float[1 << 16];
    for (int i = 0; i < numbers.length; i++) {
      float x =
          dtype.equals("F16") ? Float.float16ToFloat((short) i) : Float.intBitsToFloat(i << 16);
      numbers[i] = Float.isNaN(x) ? 0 : x;
    }
    Path file = folder.resolve("all.safetensors");
    var tensor = new SafetensorsWriter.Tensor("t", List.of(256L, 256L), () -> numbers);
    SafetensorsWriter.write(file, List.of(tensor), Dtype.valueOf(dtype));

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThat(Objects.requireNonNull(open.tensors().get("t")).read()).isEqualTo(numbers);
      assertThat(open.metadata()).containsEntry("format", "pt");
    }
  }

  private Path write(String header, int dataBytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    return Files.write(folder.resolve("hostile.safetensors"), bytes.array());
  }
}
