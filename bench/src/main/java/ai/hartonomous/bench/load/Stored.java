package ai.hartonomous.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What was seeded, kept for later runs, and the copy of it that a run uses up.
///
/// @param folder where both are
record Stored(Path folder) {
  /// Folders of files that are never changed: the copy has them as other names of the same files.
  private static final List<String> UNCHANGING = List.of("blobs", "folders");

  /// {@return the folder of what was seeded}
  ///
  /// @throws IOException if the disk refuses
  Path seed() throws IOException {
    return Files.createDirectories(folder.resolve("seed"));
  }

  /// {@return the folder of a fresh copy}
  ///
  /// @throws IOException if the disk refuses
  /// @throws InterruptedException if the thread is interrupted
  Path copy() throws IOException, InterruptedException {
    Path copy = folder.resolve("run");
    Commands.run(List.of("rm", "-rf", copy.toString()));
    Files.createDirectories(copy.resolve("data"));
    for (Path part : list(seed())) {
      if (!part.endsWith("data")) {
        duplicate("-a", part, copy);
      }
    }
    for (Path part : list(seed().resolve("data"))) {
      String name = part.getFileName().toString();
      duplicate(UNCHANGING.contains(name) ? "-al" : "-a", part, copy.resolve("data"));
    }
    return copy;
  }

  private static void duplicate(String how, Path part, Path into)
      throws IOException, InterruptedException {
    Commands.run(List.of("cp", how, part.toString(), into.toString()));
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> parts = Files.list(folder)) {
      return parts.toList();
    }
  }
}
