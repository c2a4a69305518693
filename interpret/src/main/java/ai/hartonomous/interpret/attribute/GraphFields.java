package ai.hartonomous.interpret.attribute;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A value of a graph file. Accessors name file and place when they find something else than they
/// want. A key whose value is `null` counts as absent.
record GraphFields(Path file, String place, JsonNode node) {

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  GraphFields object(String key) throws IOException {
    JsonNode value = node.path(key);
    if (!value.isObject()) {
      throw fault(key, "an object", value.toString());
    }
    return new GraphFields(file, path(key), value);
  }

  List<GraphFields> list(String key) throws IOException {
    JsonNode value = node.path(key);
    if (!value.isArray()) {
      throw fault(key, "a list", value.toString());
    }
    List<GraphFields> fields = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      fields.add(new GraphFields(file, "%s[%d]".formatted(path(key), i), value.get(i)));
    }
    return fields;
  }

  String text(String key) throws IOException {
    return new GraphFields(file, path(key), node.path(key)).text();
  }

  String text() throws IOException {
    if (!node.isString()) {
      throw new GraphFormatException(file, place, "text", node.toString());
    }
    return node.asString();
  }

  String textOrNumber(String key) throws IOException {
    return node.path(key).isInt() ? node.path(key).toString() : text(key);
  }

  double number(String key) throws IOException {
    return new GraphFields(file, path(key), node.path(key)).number();
  }

  double number() throws IOException {
    if (!node.isNumber()) {
      throw new GraphFormatException(file, place, "a number", node.toString());
    }
    return node.asDouble();
  }

  long whole(String key) throws IOException {
    JsonNode value = node.path(key);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw fault(key, "a whole number", value.toString());
    }
    return value.asLong();
  }

  int whole32(String key) throws IOException {
    long value = whole(key);
    if (value != (int) value) {
      throw fault(key, "a whole number of 32 bits", "" + value);
    }
    return (int) value;
  }

  boolean truth(String key) throws IOException {
    JsonNode value = node.path(key);
    if (!value.isBoolean()) {
      throw fault(key, "true or false", value.toString());
    }
    return value.asBoolean();
  }

  GraphFormatException fault(String key, String expected, String found) {
    return new GraphFormatException(file, path(key), expected, found.isEmpty() ? "nothing" : found);
  }

  private String path(String key) {
    return place.isEmpty() ? key : place + "." + key;
  }
}
