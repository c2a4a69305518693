package ai.hartonomous.model.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A value in the metadata of a GGUF file. Its bytes stay in the file until they are asked for;
/// their extent is checked. It is valid until the file is closed.
///
/// @param file the file
/// @param key its key
/// @param type its type, or the type of the elements of a list
/// @param count number of elements of a list; -1 where it is none
/// @param bytes the value or the elements; of a single string without its length
public record GgufValue(Path file, String key, GgufType type, long count, MemorySegment bytes) {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_LIST = 2_000_000;

  /// {@return whether this is a list}
  public boolean isList() {
    return count >= 0;
  }

  /// {@return the value as an integer from 0 to 2^31 - 1}
  ///
  /// @throws CheckpointException if it is none
  public int integer() throws CheckpointException {
    requireSingle("an integer");
    return integerAt(0);
  }

  /// {@return the elements as integers from 0 to 2^31 - 1}
  ///
  /// @throws CheckpointException if one is none
  public int[] integers() throws CheckpointException {
    int[] integers = new int[listLength("a list of integers")];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = integerAt(i);
    }
    return integers;
  }

  /// {@return the value as a number}
  ///
  /// @throws CheckpointException if it is none
  public double number() throws CheckpointException {
    requireSingle("a number");
    return numberAt(0);
  }

  /// {@return the elements as numbers}
  ///
  /// @throws CheckpointException if one is none
  public float[] numbers() throws CheckpointException {
    float[] numbers = new float[listLength("a list of numbers")];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) numberAt(i);
    }
    return numbers;
  }

  /// {@return the value as a truth value}
  ///
  /// @throws CheckpointException if it is none
  public boolean flag() throws CheckpointException {
    requireSingle("a truth value");
    if (type != GgufType.BOOL) {
      throw unexpected("a truth value", "" + type);
    }
    return bytes.get(ValueLayout.JAVA_BYTE, 0) != 0;
  }

  /// {@return the value as a string}
  ///
  /// @throws CheckpointException if it is none
  public String text() throws CheckpointException {
    requireSingle("a string");
    if (type != GgufType.STRING) {
      throw unexpected("a string", "" + type);
    }
    return text(bytes);
  }

  /// {@return the elements as strings}
  ///
  /// @throws CheckpointException if they are none
  public List<String> texts() throws CheckpointException {
    int length = listLength("a list of strings");
    if (type != GgufType.STRING) {
      throw unexpected("a list of strings", "a list of " + type);
    }
    List<String> texts = new ArrayList<>(length);
    long at = 0;
    for (int i = 0; i < length; i++) {
      long size = bytes.get(LONG, at);
      texts.add(text(bytes.asSlice(at + 8, size)));
      at += 8 + size;
    }
    return texts;
  }

  private static String text(MemorySegment utf8) {
    return new String(utf8.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  private int integerAt(long index) throws CheckpointException {
    long at = index * type.bytes();
    long value =
        switch (type) {
          case UINT8 -> bytes.get(ValueLayout.JAVA_BYTE, at) & 0xffL;
          case INT8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
          case UINT16 -> bytes.get(SHORT, at) & 0xffffL;
          case INT16 -> bytes.get(SHORT, at);
          case UINT32 -> bytes.get(INT, at) & 0xffffffffL;
          case INT32 -> bytes.get(INT, at);
          case UINT64, INT64 -> bytes.get(LONG, at);
          case FLOAT32, FLOAT64, BOOL, STRING, ARRAY -> throw unexpected("an integer", "" + type);
        };
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw unexpected("an integer from 0 to 2^31 - 1", "" + value);
    }
    return (int) value;
  }

  private double numberAt(long index) throws CheckpointException {
    return switch (type) {
      case FLOAT32 -> Float.intBitsToFloat(bytes.get(INT, 4 * index));
      case FLOAT64 -> Double.longBitsToDouble(bytes.get(LONG, 8 * index));
      default -> integerAt(index);
    };
  }

  private int listLength(String expected) throws CheckpointException {
    if (!isList() || count > MAX_LIST) {
      throw unexpected(expected, isList() ? count + " elements" : "" + type);
    }
    return (int) count;
  }

  private void requireSingle(String expected) throws CheckpointException {
    if (isList()) {
      throw unexpected(expected, "a list");
    }
  }

  /// {@return the failure for a value that is not as expected}
  CheckpointException unexpected(String expected, String found) {
    return new CheckpointException(file, "key " + FileFormatException.quote(key), expected, found);
  }
}
