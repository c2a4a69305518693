package ai.hartonomous.platform.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// A folder as the tar archive of a request, written while it is sent.
final class TarBody {

  private static final int BUFFER = 1 << 16;

  private TarBody() {}

  /// {@return the body of a request}
  ///
  /// @param folder what to send
  static BodyPublisher of(Path folder) {
    return BodyPublishers.ofInputStream(() -> pipe(folder));
  }

  private static InputStream pipe(Path folder) {
    try {
      var in = new PipedInputStream(BUFFER);
      var out = new PipedOutputStream(in);
      Thread.ofVirtual().start(() -> write(folder, out));
      return in;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A reader that hears no more finds the pipe broken, so a failure here fails the request.
  private static void write(Path folder, PipedOutputStream out) {
    try (var tar = new TarArchiveOutputStream(out);
        Stream<Path> files = Files.walk(folder)) {
      List<Path> found = files.filter(Files::isRegularFile).sorted().toList();
      for (Path file : found) {
        tar.putArchiveEntry(new TarArchiveEntry(file, folder.relativize(file).toString()));
        Files.copy(file, tar);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
