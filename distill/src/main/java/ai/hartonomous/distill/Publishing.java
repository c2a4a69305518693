package ai.hartonomous.distill;

import ai.hartonomous.distill.pack.AgentFolder;
import ai.hartonomous.distill.work.WorkFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// Brings a finished agent from the work folder to its place, as a whole and once, even if it is
/// killed anywhere between.
final class Publishing {
  /// Kept before the agent moves: what is at the output from then on is this distillation's.
  private static final String STAGE = "publishing";

  private static final String AGENT = "agent";
  private static final String MANIFEST = "manifest.json";

  private Publishing() {}

  /// Begins the agent's folder inside the work folder.
  static AgentFolder begin(WorkFolder work) throws IOException {
    return AgentFolder.begin(work.temporary(AGENT));
  }

  /// Refuses an output that is there already.
  static void refuseExisting(Path output) throws InvalidRequestException {
    if (Files.exists(output)) {
      throw new InvalidRequestException(output + " exists already; the agent needs a new folder");
    }
  }

  /// Refuses an output that is there already, unless an earlier run of the same distillation made
  /// it, was killed right then, and has only the work folder left to remove.
  static void requireFree(Path output, WorkFolder work) throws IOException {
    if (work.read(STAGE, "", _ -> true).isEmpty()) {
      refuseExisting(output);
    }
  }

  /// Moves the agent to its place.
  static Path publish(AgentFolder folder, WorkFolder work, Path output)
      throws IOException, InterruptedException {
    Path agent = folder.publish();
    Path target = output.toAbsolutePath().normalize();
    if (Files.exists(target)) {
      requireSame(agent, target);
      return target;
    }
    force(agent);
    Files.createDirectories(target.resolveSibling(""));
    work.write(STAGE, "", _ -> {});
    return Files.move(agent, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /// The manifest has the hashes of all files.
  private static void requireSame(Path agent, Path target) throws IOException {
    Path there = target.resolve(MANIFEST);
    if (!Files.exists(there) || Files.mismatch(agent.resolve(MANIFEST), there) >= 0) {
      throw new InvalidRequestException(target + " has appeared; the agent needs a new folder");
    }
  }

  private static void force(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      for (Path file : all) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
    }
  }
}
