package ai.hartonomous.model.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// Where the native tokenizer library is unpacked: the user's cache folder; where that cannot be
/// written, a private temporary folder that is removed when the process ends. Never a folder that
/// other users could have filled before us.
final class NativeCache {

  private static final String CACHE = "ENGINE_CACHE_DIR";
  private static final String NO_TELEMETRY = "OPT_OUT_TRACKING";

  private NativeCache() {}

  /// Tells the library where to unpack itself, unless the user has said so, and to keep off the
  /// network. It reads both from system properties.
  ///
  /// @throws IOException if no folder can be made
  static synchronized void prepare() throws IOException {
    System.setProperty(NO_TELEMETRY, "true");
    if (System.getenv(CACHE) == null && System.getProperty(CACHE) == null) {
      System.setProperty(CACHE, folder().toString());
    }
  }

  private static Path folder() throws IOException {
    String configured = System.getenv("XDG_CACHE_HOME");
    Path caches =
        configured == null || configured.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(configured);
    Path folder = caches.resolve("hartonomous");
    try {
      Files.createDirectories(folder);
      if (Files.isWritable(folder)) {
        return folder;
      }
    } catch (IOException _) {
      // A home that cannot be written is a usual case, answered below.
    }
    Path temporary = Files.createTempDirectory("hartonomous-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(temporary)));
    return temporary;
  }

  private static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException _) {
      // The process ends; the system cleans its temporary folder up.
    }
  }
}
