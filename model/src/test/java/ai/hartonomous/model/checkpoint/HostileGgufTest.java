package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.tiny.Tiny;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HostileGgufTest {
  private static final int UINT8 = 0;
  private static final int UINT32 = 4;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  @TempDir Path folder;

  static Stream<Arguments> files() {
    return Stream.of(
        named("no magic", b -> b.putInt(0x12345678).putInt(3).putLong(0).putLong(0)),
        named("version 1", b -> head(b, 1, 0, 0)),
        named("big-endian version", b -> head(b, 3 << 24, 0, 0)),
        named("absurd tensor count", b -> head(b, 3, Long.MAX_VALUE, 0)),
        named("negative tensor count", b -> head(b, 3, -1, 0)),
        named("absurd value count", b -> head(b, 3, 0, Long.MAX_VALUE / 2)),
        named("absurd key length", b -> head(b, 3, 0, 1).putLong(Long.MAX_VALUE)),
        named("negative key length", b -> head(b, 3, 0, 1).putLong(-5)),
        named("unknown value type", b -> string(head(b, 3, 0, 1), "k").putInt(13).putInt(0)),
        named("absurd string", b -> string(head(b, 3, 0, 1), "k").putInt(STRING).putLong(1L << 40)),
        named("absurd list", b -> list(b, UINT8, Long.MAX_VALUE)),
        named("list whose bytes overflow", b -> list(b, UINT32, 1L << 62)),
        named("list of lists", b -> list(b, ARRAY, 1).putInt(UINT8).putLong(1)),
        named("strings that leave the file", b -> list(b, STRING, 2).putLong(0).putLong(600)),
        named("duplicate key", HostileGgufTest::duplicateKey),
        named("five dimensions", b -> string(head(b, 3, 1, 0), "t").putInt(5)),
        named("negative extent", b -> tensor(b, -1, 0, 0)),
        named("absurd extent", b -> tensor(b, Long.MAX_VALUE, 0, 0)),
        named("out of range", b -> tensor(b, 1 << 20, 0, 0)),
        named("offset out of range", b -> tensor(b, 1, 0, 1L << 40)),
        named("negative offset", b -> tensor(b, 1, 0, -32)),
        named("offset off the alignment", b -> tensor(b, 1, 0, 4)),
        named("unknown number format", b -> tensor(b, 1, 77, 0)),
        named("unsupported number format", b -> tensor(b, 256, 13, 0)),
        named("rows of broken blocks", b -> tensor(b, 33, 8, 0)),
        named("overlapping", HostileGgufTest::overlapping),
        named("duplicate tensor", HostileGgufTest::duplicateTensor),
        named("alignment 0", b -> alignment(b, 0)),
        named("alignment 24", b -> alignment(b, 24)),
        named("alignment of a gigabyte", b -> alignment(b, 1 << 30)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void refusesFiles(String name, Consumer<ByteBuffer> writer) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    writer.accept(bytes);
    Path file = Files.write(folder.resolve("hostile.gguf"), bytes.array());

    assertThatThrownBy(() -> GgufFile.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("hostile.gguf")
        .hasMessageContaining("expected");
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    Path whole = folder.resolve("whole.gguf");
    GgufWriter.write(Tiny.llama(1), whole, Dtype.F16, null);
    byte[] bytes = Files.readAllBytes(whole);

    for (int length = 0; length < bytes.length - 32; length += 97) {
      Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> GgufFile.open(cut)).isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  void readsAllTypesOfValues() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    head(bytes, 3, 0, 12);
    string(bytes, "u8").putInt(0).put((byte) 200);
    string(bytes, "i8").putInt(1).put((byte) -3);
    string(bytes, "u16").putInt(2).putShort((short) 60000);
    string(bytes, "i16").putInt(3).putShort((short) 7);
    string(bytes, "u32").putInt(4).putInt(70000);
    string(bytes, "i32").putInt(5).putInt(9);
    string(bytes, "f32").putInt(6).putFloat(1.5f);
    string(bytes, "bool").putInt(7).put((byte) 1);
    string(string(bytes, "text").putInt(8), "grün");
    string(string(string(bytes, "texts").putInt(9).putInt(8).putLong(2), "a"), "bc");
    string(bytes, "u64").putInt(10).putLong(5);
    string(bytes, "f64").putInt(12).putDouble(2.25);
    Path path = Files.write(folder.resolve("values.gguf"), bytes.array());

    try (GgufFile file = GgufFile.open(path)) {
      assertThat(value(file, "u8").integer()).isEqualTo(200);
      assertThatThrownBy(() -> value(file, "i8").integer()).hasMessageContaining("found -3");
      assertThat(value(file, "u16").integer()).isEqualTo(60000);
      assertThat(value(file, "i16").integer()).isEqualTo(7);
      assertThat(value(file, "u32").integer()).isEqualTo(70000);
      assertThat(value(file, "i32").number()).isEqualTo(9);
      assertThat(value(file, "f32").number()).isEqualTo(1.5);
      assertThat(value(file, "bool").flag()).isTrue();
      assertThat(value(file, "text").text()).isEqualTo("grün");
      assertThat(value(file, "texts").texts()).containsExactly("a", "bc");
      assertThat(value(file, "u64").integer()).isEqualTo(5);
      assertThat(value(file, "f64").number()).isEqualTo(2.25);
      assertThatThrownBy(() -> value(file, "text").integer())
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("key \"text\"");
    }
  }

  private static GgufValue value(GgufFile file, String key) {
    return Objects.requireNonNull(file.metadata().get(key));
  }

  private static Arguments named(String name, Consumer<ByteBuffer> writer) {
    return Arguments.of(name, writer);
  }

  private static ByteBuffer head(ByteBuffer out, int version, long tensors, long values) {
    return out.putInt(0x46554747).putInt(version).putLong(tensors).putLong(values);
  }

  private static ByteBuffer string(ByteBuffer out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return out.putLong(utf8.length).put(utf8);
  }

  private static ByteBuffer list(ByteBuffer out, int element, long count) {
    return string(head(out, 3, 0, 1), "k").putInt(ARRAY).putInt(element).putLong(count);
  }

  private static ByteBuffer tensor(ByteBuffer out, long extent, int type, long offset) {
    return entry(head(out, 3, 1, 0), "t", extent, type, offset);
  }

  private static ByteBuffer entry(ByteBuffer out, String name, long extent, int type, long offset) {
    return string(out, name).putInt(1).putLong(extent).putInt(type).putLong(offset);
  }

  private static void duplicateKey(ByteBuffer out) {
    head(out, 3, 0, 2);
    string(out, "k").putInt(UINT32).putInt(1);
    string(out, "k").putInt(UINT32).putInt(1);
  }

  private static void overlapping(ByteBuffer out) {
    head(out, 3, 2, 0);
    entry(out, "a", 16, 0, 0);
    entry(out, "b", 16, 0, 32);
  }

  private static void duplicateTensor(ByteBuffer out) {
    head(out, 3, 2, 0);
    entry(out, "a", 8, 0, 0);
    entry(out, "a", 8, 0, 32);
  }

  private static void alignment(ByteBuffer out, int alignment) {
    string(head(out, 3, 0, 1), "general.alignment").putInt(UINT32).putInt(alignment);
  }
}
