package ai.hartonomous.platform.registry;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads the documents beside the weights. They come from outside and nothing depends on them, so
/// one that is damaged or too large is passed over.
final class SideFile {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final long MAX_BYTES = 16 << 20;
  private static final int MAX_YAML = 1 << 18; // characters
  private static final int MAX_ALIASES = 20;

  private SideFile() {}

  /// {@return the object in a JSON file, if there is one}
  ///
  /// @param file the file
  /// @throws IOException if the disk refuses
  static Optional<ObjectNode> json(Path file) throws IOException {
    if (!readable(file)) {
      return Optional.empty();
    }
    try {
      return clean(JSON.readTree(Files.readAllBytes(file))) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  /// {@return the lines of a text, none where there is no readable one}
  ///
  /// @param file the file, UTF-8
  /// @throws IOException if the disk refuses
  static List<String> lines(Path file) throws IOException {
    if (!readable(file)) {
      return List.of();
    }
    try {
      return Files.readAllLines(file);
    } catch (MalformedInputException _) {
      return List.of();
    }
  }

  /// {@return the object that lines of YAML describe, if they do}
  ///
  /// @param lines the text
  static Optional<ObjectNode> yaml(List<String> lines) {
    var options = new LoaderOptions();
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setCodePointLimit(MAX_YAML);
    options.setNestingDepthLimit(20);
    try {
      Object read = new Yaml(new SafeConstructor(options)).load(String.join("\n", lines));
      return read instanceof Map<?, ?> map && tree(map) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (YAMLException _) {
      return Optional.empty();
    }
  }

  private static boolean readable(Path file) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) <= MAX_BYTES;
  }

  /// {@return what YAML holds, as JSON; its times and other own types as text}
  private static JsonNode tree(@Nullable Object value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (value) {
      case null -> nodes.nullNode();
      case Map<?, ?> map -> {
        ObjectNode object = nodes.objectNode();
        map.forEach((key, item) -> object.set(clean(String.valueOf(key)), tree(item)));
        yield object;
      }
      case List<?> list -> {
        ArrayNode array = nodes.arrayNode();
        list.forEach(item -> array.add(tree(item)));
        yield array;
      }
      case Boolean truth -> nodes.booleanNode(truth);
      case Integer number -> nodes.numberNode(number);
      case Long number -> nodes.numberNode(number);
      case Double number when Double.isFinite(number) -> nodes.numberNode(number);
      default -> nodes.stringNode(clean(value.toString()));
    };
  }

  /// {@return the same without the character zero, which databases refuse, and without numbers that
  /// are none}
  private static JsonNode clean(JsonNode node) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (node instanceof ObjectNode object) {
      ObjectNode copy = nodes.objectNode();
      object.properties().forEach(it -> copy.set(clean(it.getKey()), clean(it.getValue())));
      return copy;
    }
    if (node instanceof ArrayNode array) {
      var items = new ArrayList<JsonNode>();
      array.forEach(item -> items.add(clean(item)));
      return nodes.arrayNode().addAll(items);
    }
    if (node.isString()) {
      return nodes.stringNode(clean(node.stringValue()));
    }
    return node.isNumber() && !Double.isFinite(node.doubleValue()) ? nodes.nullNode() : node;
  }

  private static String clean(String text) {
    return text.replace("\0", "");
  }
}
