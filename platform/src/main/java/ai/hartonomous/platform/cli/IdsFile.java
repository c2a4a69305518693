package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads files of token ids: a JSON list of ids, a JSON list of such lists, or ids between white
/// space.
final class IdsFile {

  private static final JsonMapper MAPPER = new JsonMapper();

  private IdsFile() {}

  /// {@return the sequences, at least one}
  ///
  /// @param file the file
  /// @throws IOException if it holds something else, or nothing
  static List<int[]> read(Path file) throws IOException {
    String text = Files.readString(file).strip();
    if (text.isEmpty()) {
      throw new IOException(file + ": no token ids");
    }
    if (!text.startsWith("[")) {
      return List.of(plain(text, file));
    }
    JsonNode root;
    try {
      root = MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw new IOException("%s: %s".formatted(file, e.getOriginalMessage()));
    }
    if (!root.path(0).isArray()) {
      return List.of(sequence(root, file));
    }
    List<int[]> sequences = new ArrayList<>();
    for (JsonNode sequence : root) {
      sequences.add(sequence(sequence, file));
    }
    return sequences;
  }

  private static int[] plain(String text, Path file) throws IOException {
    String[] words = text.split("\\s+");
    int[] ids = new int[words.length];
    for (int i = 0; i < ids.length; i++) {
      try {
        ids[i] = Integer.parseInt(words[i]);
      } catch (NumberFormatException _) {
        throw new IOException("%s: '%s' is no token id".formatted(file, words[i]));
      }
    }
    return ids;
  }

  private static int[] sequence(JsonNode list, Path file) throws IOException {
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = list.get(i);
      if (!id.isInt()) {
        throw new IOException("%s: '%s' is no token id".formatted(file, id));
      }
      ids[i] = id.asInt();
    }
    return ids;
  }
}
