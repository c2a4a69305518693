package ai.hartonomous.platform.runtime;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// Gives a folder a manifest with the hash of every file, as a packed agent has it.
@SuppressWarnings("doclint:missing") // parameters of a test fixture
public final class Sealed {

  private Sealed() {}

  public static void seal(Path folder) throws IOException {
    var hashes = new TreeMap<String, String>();
    for (Path file : files(folder)) {
      hashes.put(folder.relativize(file).toString(), ContentHash.of(file));
    }
    Path manifest = folder.resolve("manifest.json");
    Files.writeString(
        manifest, "{\"files\": %s}".formatted(JsonMapper.shared().writeValueAsString(hashes)));
    Files.writeString(
        folder.resolve("manifest.sha256"), ContentHash.of(manifest) + "  manifest.json\n");
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }
}
