package ai.hartonomous.platform.registry;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The model card of a Hugging Face folder: `README.md` with YAML between two lines `---` on top.
///
/// @param front the YAML, empty where there is none
/// @param hyperparameters the list `- name: value` below the heading "Training hyperparameters",
///   which Hugging Face's trainer writes; numbers as numbers
record ModelCard(ObjectNode front, ObjectNode hyperparameters) {

  private static final Pattern LICENCE = Pattern.compile("[\\w.+-]{1,100}");
  private static final Pattern HEADING =
      Pattern.compile("#+\\s*Training hyperparameters\\s*", Pattern.CASE_INSENSITIVE);
  private static final Pattern ITEM = Pattern.compile("[-*]\\s+([A-Za-z]\\w{0,99}):\\s*(.{1,500})");
  private static final Pattern NUMBER =
      Pattern.compile("-?\\d{1,15}(?:\\.\\d{1,15})?(?:[eE][+-]?\\d{1,2})?");
  private static final int MAX_ITEMS = 200;

  /// {@return the card of a folder; an empty one where there is none}
  ///
  /// @param folder folder of the checkpoint
  /// @throws IOException if the disk refuses
  static ModelCard read(Path folder) throws IOException {
    List<String> lines = SideFile.lines(folder.resolve("README.md"));
    int end = lines.isEmpty() || !lines.getFirst().strip().equals("---") ? -1 : end(lines);
    ObjectNode none = JsonNodeFactory.instance.objectNode();
    return new ModelCard(
        end < 0 ? none : SideFile.yaml(lines.subList(1, end)).orElse(none), hyperparameters(lines));
  }

  private static int end(List<String> lines) {
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).strip().equals("---")) {
        return i;
      }
    }
    return -1;
  }

  private static ObjectNode hyperparameters(List<String> lines) {
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    lines.stream()
        .dropWhile(line -> !HEADING.matcher(line).matches())
        .skip(1)
        .takeWhile(line -> !line.startsWith("#"))
        .map(ITEM::matcher)
        .filter(Matcher::matches)
        .limit(MAX_ITEMS)
        .forEach(item -> found.set(item.group(1), value(item.group(2).strip())));
    return found;
  }

  private static JsonNode value(String text) {
    if (!NUMBER.matcher(text).matches()) {
      return JsonNodeFactory.instance.stringNode(text.replace("\0", ""));
    }
    return text.matches("-?\\d+")
        ? JsonNodeFactory.instance.numberNode(Long.parseLong(text))
        : JsonNodeFactory.instance.numberNode(Double.parseDouble(text));
  }

  /// {@return the licence that the card names, if it does}
  Optional<String> licence() {
    JsonNode licence = front.path("license");
    return licence.isString() && LICENCE.matcher(licence.stringValue()).matches()
        ? Optional.of(licence.stringValue())
        : Optional.empty();
  }
}
