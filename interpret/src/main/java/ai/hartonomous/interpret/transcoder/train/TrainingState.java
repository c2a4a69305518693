package ai.hartonomous.interpret.transcoder.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;

/// The kept state of a training: a file of arrays whose number and lengths the reader knows.
///
/// Little-endian: `HARTTRN1`; length of the text (int) and the text in UTF-8, which says what
/// training it is; for each array its length (int) and its numbers (8 bytes each for longs and
/// doubles, 4 for floats); the CRC-32C of all before it (long). A reader gives the text it expects
/// and the arrays to fill.
final class TrainingState {
  private static final byte[] MAGIC = "HARTTRN1".getBytes(StandardCharsets.US_ASCII);
  private static final int CHUNK = 1 << 16;
  private static final int LONGEST_TEXT = 1 << 20;

  private TrainingState() {}

  /// All numbers of a training.
  ///
  /// @param longs counters
  /// @param doubles factors and running means
  /// @param floats weights and moments
  record Numbers(List<long[]> longs, List<double[]> doubles, List<float[]> floats) {}

  /// Writes beside the file first, reaches the disk, then takes its place.
  static void write(Path file, String text, Numbers numbers) throws IOException {
    Path whole = file.toAbsolutePath();
    Path part = whole.resolveSibling(whole.getFileName() + ".part");
    Path parent = part.resolveSibling("");
    Files.createDirectories(parent);
    try (FileChannel channel =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var out = new Out(channel);
      out.write(text, numbers);
      channel.force(true);
    }
    Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel folder = FileChannel.open(parent, StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /// Fills the arrays.
  ///
  /// @throws TrainingException if the file is damaged, or of another training
  static void read(Path file, String text, Numbers numbers) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      new In(file, channel).read(text, numbers);
    }
  }

  private static final class Out {
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();

    Out(FileChannel channel) {
      this.channel = channel;
    }

    void write(String text, Numbers numbers) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      buffer.put(MAGIC).putInt(bytes.length);
      for (byte b : bytes) {
        room(1).put(b);
      }
      for (long[] array : numbers.longs()) {
        room(4).putInt(array.length);
        for (long number : array) {
          room(8).putLong(number);
        }
      }
      for (double[] array : numbers.doubles()) {
        room(4).putInt(array.length);
        for (double number : array) {
          room(8).putDouble(number);
        }
      }
      for (float[] array : numbers.floats()) {
        room(4).putInt(array.length);
        for (float number : array) {
          room(4).putFloat(number);
        }
      }
      drain();
      buffer.putLong(checksum.getValue());
      drain();
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

  private static final class In {
    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();
    private long place;

    In(Path file, FileChannel channel) {
      this.file = file;
      this.channel = channel;
      buffer.flip();
    }

    void read(String text, Numbers numbers) throws IOException {
      for (byte b : MAGIC) {
        if (take(1).get() != b) {
          throw fault("HARTTRN1", "something else");
        }
      }
      String found = text();
      if (!found.equals(text)) {
        throw fault("the training\n" + text + "\n", "\n" + found);
      }
      for (long[] array : numbers.longs()) {
        length(array.length);
        for (int i = 0; i < array.length; i++) {
          array[i] = take(8).getLong();
        }
      }
      for (double[] array : numbers.doubles()) {
        length(array.length);
        for (int i = 0; i < array.length; i++) {
          array[i] = take(8).getDouble();
        }
      }
      for (float[] array : numbers.floats()) {
        length(array.length);
        for (int i = 0; i < array.length; i++) {
          array[i] = take(4).getFloat();
        }
      }
      end();
    }

    private String text() throws IOException {
      int length = take(4).getInt();
      if (length < 0 || length > LONGEST_TEXT) {
        throw fault("a text of at most " + LONGEST_TEXT, Integer.toString(length));
      }
      byte[] bytes = new byte[length];
      for (int i = 0; i < length; i++) {
        bytes[i] = take(1).get();
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private void length(int expected) throws IOException {
      int found = take(4).getInt();
      if (found != expected) {
        throw fault(expected + " numbers", Integer.toString(found));
      }
    }

    private void end() throws IOException {
      long computed = checksum.getValue();
      long stored = take(8).getLong();
      if (stored != computed) {
        throw fault("checksum %x".formatted(stored), "%x".formatted(computed));
      }
      if (buffer.hasRemaining() || channel.position() != channel.size()) {
        throw fault("the end of the file", "more bytes");
      }
    }

    /// {@return the buffer with at least `bytes` bytes to read, which are counted}
    private ByteBuffer take(int bytes) throws IOException {
      while (buffer.remaining() < bytes) {
        buffer.compact();
        int read = channel.read(buffer);
        buffer.flip();
        if (read < 0) {
          throw fault(bytes + " bytes", buffer.remaining() + " before the end of the file");
        }
      }
      checksum.update(buffer.duplicate().limit(buffer.position() + bytes));
      place += bytes;
      return buffer;
    }

    private TrainingException fault(String expected, String found) {
      return new TrainingException(
          "%s at byte %d: expected %s, found %s".formatted(file, place, expected, found));
    }
  }
}
