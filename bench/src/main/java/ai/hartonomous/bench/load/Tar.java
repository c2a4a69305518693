package ai.hartonomous.bench.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// A small folder as a tar archive (POSIX ustar): for each file a header of 512 bytes and its
/// content, filled up to whole blocks of 512; two blocks of zeros at the end.
final class Tar {
  private static final int BLOCK = 512;

  // Fields of the header: place in bytes. Numbers are octal digits that end in a zero byte.
  private static final int MODE = 100;
  private static final int SIZE = 124;
  private static final int TIME = 136;
  private static final int CHECKSUM = 148;
  private static final int KIND = 156;
  private static final int MAGIC = 257;

  private Tar() {}

  /// {@return the archive}
  ///
  /// @param folder folder with plain files whose names have at most 99 bytes
  /// @throws IOException if it cannot be read
  static byte[] of(Path folder) throws IOException {
    var archive = new ByteArrayOutputStream();
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> sorted = files.sorted().toList();
      for (Path file : sorted) {
        byte[] content = Files.readAllBytes(file);
        archive.writeBytes(header(file.getFileName().toString(), content.length));
        archive.writeBytes(content);
        archive.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
      }
    }
    archive.writeBytes(new byte[2 * BLOCK]);
    return archive.toByteArray();
  }

  private static byte[] header(String name, int size) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, MODE, "0000644");
    put(header, SIZE, "%011o".formatted(size));
    put(header, TIME, "%011o".formatted(0));
    Arrays.fill(header, CHECKSUM, CHECKSUM + 8, (byte) ' ');
    header[KIND] = '0';
    put(header, MAGIC, "ustar\00000");
    int sum = 0;
    for (byte value : header) {
      sum += Byte.toUnsignedInt(value);
    }
    put(header, CHECKSUM, "%06o\0".formatted(sum));
    return header;
  }

  private static void put(byte[] header, int place, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, place, bytes.length);
  }
}
