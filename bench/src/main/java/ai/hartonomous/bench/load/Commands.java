package ai.hartonomous.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Other programs that the load run starts and waits for.
final class Commands {

  private Commands() {}

  /// {@return what a program wrote to its standard output}
  ///
  /// @param command program and arguments
  /// @throws IOException if it is not there or ends with a failure; tells what it said
  /// @throws InterruptedException if the thread is interrupted
  static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(command.getFirst() + " failed: " + said.strip());
      }
      return said;
    } finally {
      process.destroy();
    }
  }

  /// {@return where a program is, on the path or in one of the folders}
  ///
  /// @param name its name
  /// @param folders where to look besides
  static Optional<Path> find(String name, List<Path> folders) {
    String path = System.getenv().getOrDefault("PATH", "");
    List<Path> onPath = Arrays.stream(path.split(":")).map(Path::of).toList();
    return Stream.concat(onPath.stream(), folders.stream())
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
