package ai.hartonomous.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Real checkpoints and texts that lie beside the repository, in `../shared/data`. Where they are
/// absent the tests that want them are skipped by the folder's name.
public final class SharedData {

  private static final JsonMapper MAPPER = new JsonMapper();

  private SharedData() {}

  /// {@return the folder of this name}
  ///
  /// @param name such as `model-stories260k`
  public static Path folder(String name) {
    Path folder = root().resolve("../shared/data").resolve(name).normalize();
    assumeTrue(Files.isDirectory(folder), "absent: " + folder);
    return folder;
  }

  private static Path root() {
    String given = System.getProperty("repository.root");
    if (given != null) {
      return Path.of(given);
    }
    Path start = Path.of("").toAbsolutePath();
    for (Path at = start; at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(".git"))) {
        return at;
      }
    }
    throw new IllegalStateException("no .git above " + start);
  }

  /// {@return the JSON in a file}
  ///
  /// @param file the file
  /// @throws IOException if it cannot be read
  public static JsonNode json(Path file) throws IOException {
    return MAPPER.readTree(Files.readAllBytes(file));
  }

  /// {@return a JSON list of whole numbers as an array}
  ///
  /// @param list the list
  public static int[] ints(JsonNode list) {
    return list.valueStream().mapToInt(JsonNode::asInt).toArray();
  }
}
