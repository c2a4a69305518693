package ai.hartonomous.distill.work;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Writes the items of a stage file, which the package describes, one after the other.
public final class StageOutput {
  static final byte[] MAGIC = "HARTWRK1".getBytes(StandardCharsets.US_ASCII);
  private static final int CHUNK = 1 << 16;

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C checksum = new CRC32C();
  private long owed;

  StageOutput(FileChannel channel) {
    this.channel = channel;
    buffer.put(MAGIC);
  }

  /// Writes a text.
  ///
  /// @param text any text
  /// @throws IOException if the disk refuses
  public void text(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    begin('t', bytes.length);
    for (byte b : bytes) {
      room(1).put(b);
    }
  }

  /// Writes integers.
  ///
  /// @param numbers the integers
  /// @throws IOException if the disk refuses
  public void ints(int... numbers) throws IOException {
    begin('i', numbers.length);
    for (int number : numbers) {
      room(Integer.BYTES).putInt(number);
    }
  }

  /// Writes flags, as integers.
  ///
  /// @param flags the flags
  /// @throws IOException if the disk refuses
  public void flags(boolean... flags) throws IOException {
    int[] numbers = new int[flags.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = flags[i] ? 1 : 0;
    }
    ints(numbers);
  }

  /// Writes numbers of double precision.
  ///
  /// @param numbers the numbers
  /// @throws IOException if the disk refuses
  public void doubles(double... numbers) throws IOException {
    begin('d', numbers.length);
    for (double number : numbers) {
      room(Double.BYTES).putDouble(number);
    }
  }

  /// Writes numbers of single precision.
  ///
  /// @param numbers the numbers
  /// @throws IOException if the disk refuses
  public void floats(float... numbers) throws IOException {
    begin('f', numbers.length);
    for (float number : numbers) {
      room(Float.BYTES).putFloat(number);
    }
  }

  /// Begins numbers of half precision, which {@link #append} then adds.
  ///
  /// @param count how many will be added
  /// @throws IOException if the disk refuses
  public void halves(long count) throws IOException {
    begin('h', count);
    owed = count;
  }

  /// Adds to the numbers that {@link #halves} began.
  ///
  /// @param numbers as {@link Float#floatToFloat16} makes them
  /// @throws IOException if the disk refuses
  public void append(short... numbers) throws IOException {
    for (short number : numbers) {
      room(Short.BYTES).putShort(number);
    }
    owed -= numbers.length;
  }

  void end() throws IOException {
    requireNothingOwed();
    drain();
    buffer.putLong(checksum.getValue());
    drain();
  }

  private void begin(char kind, long count) throws IOException {
    requireNothingOwed();
    room(1 + Long.BYTES).put((byte) kind).putLong(count);
  }

  private void requireNothingOwed() {
    if (owed != 0) {
      throw new IllegalStateException(owed + " numbers of half precision missing");
    }
  }

  private ByteBuffer room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      drain();
    }
    return buffer;
  }

  private void drain() throws IOException {
    buffer.flip();
    checksum.update(buffer.duplicate());
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }
}
