package ai.hartonomous.platform.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What two agents of the same request have in common, whenever they were made.
public final class AgentBytes {

  private AgentBytes() {}

  /// {@return the files of an agent as hexadecimal digits, by their names, without the time it was
  /// made at}
  ///
  /// @param agent its folder
  /// @throws IOException if it cannot be read
  public static Map<String, String> of(Path agent) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(agent)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.put(agent.relativize(file).toString(), HexFormat.of().formatHex(read(file)));
      }
    }
    all.remove("manifest.sha256"); // the hash of a file with the time in it
    return all;
  }

  private static byte[] read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (!file.endsWith("manifest.json")) {
      return bytes;
    }
    var json = new JsonMapper();
    var manifest = (ObjectNode) json.readTree(bytes);
    manifest.remove("created");
    return json.writeValueAsBytes(manifest);
  }
}
