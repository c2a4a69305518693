package ai.hartonomous.platform;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// Tar archives for uploads, good and hostile ones.
@SuppressWarnings("doclint:missing") // parameters of a test fixture
public final class Tars implements AutoCloseable {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

  /// Begins an archive.
  public Tars() {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
  }

  /// {@return a folder as an archive}
  public static byte[] of(Path folder) throws IOException {
    try (var tars = new Tars();
        Stream<Path> files = Files.walk(folder)) {
      List<Path> found = files.filter(Files::isRegularFile).sorted().toList();
      for (Path file : found) {
        tars.file(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
      return tars.bytes();
    }
  }

  /// Adds a file.
  public Tars file(String name, byte[] content) throws IOException {
    var entry = new TarArchiveEntry(name, true);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
    return this;
  }

  /// Adds a file.
  public Tars file(String name, String content) throws IOException {
    return file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /// Adds an entry of a special kind, such as a link.
  public Tars special(String name, byte kind, String target) throws IOException {
    var entry = new TarArchiveEntry(name, kind);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
    return this;
  }

  /// Adds a file whose name has as many bytes, in the way of GNU tar.
  public Tars longName(int length) throws IOException {
    var entry = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
    entry.setSize(length);
    tar.putArchiveEntry(entry);
    tar.write("a".repeat(length).getBytes(StandardCharsets.UTF_8));
    tar.closeArchiveEntry();
    return file("a", "x");
  }

  /// {@return the archive}
  public byte[] bytes() throws IOException {
    tar.finish();
    return bytes.toByteArray();
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}
