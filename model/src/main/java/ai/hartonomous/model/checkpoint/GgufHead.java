package ai.hartonomous.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Collects metadata and tensor table of a GGUF file.
final class GgufHead {
  private static final int VERSION = 3;

  private final ByteArrayOutputStream values = new ByteArrayOutputStream();
  private final ByteArrayOutputStream table = new ByteArrayOutputStream();
  private final Set<String> keys = new HashSet<>();

  void put(String key, String text) {
    begin(key, GgufType.STRING);
    string(values, text);
  }

  void put(String key, int number) {
    begin(key, GgufType.UINT32);
    int32(values, number);
  }

  void put(String key, float number) {
    begin(key, GgufType.FLOAT32);
    int32(values, Float.floatToRawIntBits(number));
  }

  void put(String key, boolean flag) {
    begin(key, GgufType.BOOL);
    values.write(flag ? 1 : 0);
  }

  void putTexts(String key, List<String> texts) {
    beginList(key, GgufType.STRING, texts.size());
    texts.forEach(text -> string(values, text));
  }

  void putIntegers(String key, int[] numbers) {
    beginList(key, GgufType.INT32, numbers.length);
    for (int number : numbers) {
      int32(values, number);
    }
  }

  void putNumbers(String key, float[] numbers) {
    beginList(key, GgufType.FLOAT32, numbers.length);
    for (float number : numbers) {
      int32(values, Float.floatToRawIntBits(number));
    }
  }

  void tensor(String name, List<Long> shape, Dtype dtype, long offset) {
    string(table, name);
    int32(table, shape.size());
    shape.reversed().forEach(extent -> int64(table, extent));
    int32(table, dtype.ggmlType());
    int64(table, offset);
  }

  /// {@return everything up to the data section, without its padding}
  byte[] toBytes(int tensors) {
    var all = new ByteArrayOutputStream();
    all.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    int32(all, VERSION);
    int64(all, tensors);
    int64(all, keys.size());
    all.writeBytes(values.toByteArray());
    all.writeBytes(table.toByteArray());
    return all.toByteArray();
  }

  private void beginList(String key, GgufType element, int count) {
    begin(key, GgufType.ARRAY);
    int32(values, element.code());
    int64(values, count);
  }

  private void begin(String key, GgufType type) {
    if (!keys.add(key)) {
      throw new IllegalArgumentException("two values of " + key);
    }
    string(values, key);
    int32(values, type.code());
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int64(out, utf8.length);
    out.writeBytes(utf8);
  }

  private static void int32(ByteArrayOutputStream out, int number) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array());
  }

  private static void int64(ByteArrayOutputStream out, long number) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
  }
}
