package ai.hartonomous.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A temporary folder for models and weights; closing it removes everything.
public final class Scratch implements AutoCloseable {
  private final Path folder;
  private int files;

  private Scratch(Path folder) {
    this.folder = folder;
  }

  /// {@return a new, empty folder, removed at the latest when the JVM ends}
  ///
  /// @throws IOException if there is no place for it
  public static Scratch open() throws IOException {
    var scratch = new Scratch(Files.createTempDirectory("hartonomous-bench-"));
    Runtime.getRuntime().addShutdownHook(new Thread(scratch::close));
    return scratch;
  }

  /// {@return a path inside the folder that was not given out before}
  ///
  /// @param name end of the file's name
  public Path file(String name) {
    return folder.resolve(files++ + "-" + name);
  }

  @Override
  public void close() {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }
}
