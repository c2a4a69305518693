package ai.hartonomous.platform.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Where the server keeps what it has.
final class DataOption {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "Data folder of the server (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of("data");

  Path folder() {
    return folder;
  }
}
