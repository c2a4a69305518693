package ai.hartonomous.distill.work;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/// Reads the items of a stage file, which the package describes, one after the other.
public final class StageInput {
  /// Numbers of half precision in a file.
  public static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int SLICE = 1 << 24;

  private final Path file;
  private final MemorySegment bytes;
  private final long end;
  private long at = StageOutput.MAGIC.length;

  private StageInput(Path file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
    this.end = bytes.byteSize() - Long.BYTES;
  }

  /// Maps a file into memory and checks all of it.
  ///
  /// @throws WorkFolderException if it is damaged
  static StageInput open(Path file, Arena arena) throws IOException {
    MemorySegment bytes;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    }
    var input = new StageInput(file, bytes);
    input.check();
    return input;
  }

  private void check() throws WorkFolderException {
    if (end < StageOutput.MAGIC.length) {
      throw fault(0, "a stage file", bytes.byteSize() + " bytes");
    }
    for (int i = 0; i < StageOutput.MAGIC.length; i++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, i) != StageOutput.MAGIC[i]) {
        throw fault(i, "HARTWRK1", "something else");
      }
    }
    var checksum = new CRC32C();
    for (long from = 0; from < end; from += SLICE) {
      checksum.update(bytes.asSlice(from, Math.min(SLICE, end - from)).asByteBuffer());
    }
    long stored = bytes.get(LONG, end);
    if (stored != checksum.getValue()) {
      throw fault(
          end, "checksum %x".formatted(checksum.getValue()), "checksum %x".formatted(stored));
    }
  }

  /// {@return whether all items were read}
  boolean isAtEnd() {
    return at == end;
  }

  /// {@return the next item, a text}
  ///
  /// @throws WorkFolderException if it is something else
  public String text() throws WorkFolderException {
    MemorySegment item = next('t', 1);
    return new String(item.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /// {@return the next item, integers}
  ///
  /// @throws WorkFolderException if it is something else
  public int[] ints() throws WorkFolderException {
    return next('i', Integer.BYTES).toArray(INT);
  }

  /// {@return the next item, flags}
  ///
  /// @throws WorkFolderException if it is something else
  public boolean[] flags() throws WorkFolderException {
    int[] numbers = ints();
    boolean[] flags = new boolean[numbers.length];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = numbers[i] != 0;
    }
    return flags;
  }

  /// {@return the next item, numbers of double precision}
  ///
  /// @throws WorkFolderException if it is something else
  public double[] doubles() throws WorkFolderException {
    return next('d', Double.BYTES).toArray(DOUBLE);
  }

  /// {@return the next item, numbers of single precision}
  ///
  /// @throws WorkFolderException if it is something else
  public float[] floats() throws WorkFolderException {
    return next('f', Float.BYTES).toArray(FLOAT);
  }

  /// Reads the next item, numbers of single precision, into an array.
  ///
  /// @param into as long as the item
  /// @throws WorkFolderException if it is something else, or of another length
  public void floats(float[] into) throws WorkFolderException {
    long begin = at;
    MemorySegment item = next('f', Float.BYTES);
    if (item.byteSize() != (long) Float.BYTES * into.length) {
      throw fault(begin, into.length + " numbers", item.byteSize() / Float.BYTES + " numbers");
    }
    MemorySegment.copy(item, FLOAT, 0, into, 0, into.length);
  }

  /// {@return the next item, numbers of half precision, as they lie in the file in {@link #HALF}
  /// layout; readable until the folder is closed}
  ///
  /// @throws WorkFolderException if it is something else
  public MemorySegment halves() throws WorkFolderException {
    return next('h', Short.BYTES);
  }

  private MemorySegment next(char kind, int size) throws WorkFolderException {
    long begin = at;
    if (end - begin < 1 + Long.BYTES) {
      throw fault(begin, "item '" + kind + "'", "the end of the file");
    }
    char found = (char) bytes.get(ValueLayout.JAVA_BYTE, begin);
    long count = bytes.get(LONG, begin + 1);
    long from = begin + 1 + Long.BYTES;
    if (found != kind || count < 0 || count > (end - from) / size) {
      throw fault(begin, "item '" + kind + "'", "item '" + found + "' of " + count);
    }
    at = from + count * size;
    return bytes.asSlice(from, count * size);
  }

  WorkFolderException fault(long place, String expected, String found) {
    return new WorkFolderException(file, "byte " + place, expected, found);
  }
}
