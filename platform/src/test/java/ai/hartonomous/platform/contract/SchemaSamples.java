package ai.hartonomous.platform.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Makes small valid values from the schemas of an OpenAPI document.
///
/// @param document the document
record SchemaSamples(JsonNode document) {

  /// {@return a value with every field that is required or names a thing}
  ///
  /// @param schema its schema
  /// @param names gives fields that name things their values, and null to others
  Object valid(JsonNode schema, Function<String, @Nullable String> names) {
    return value("", resolve(schema), names);
  }

  /// {@return bodies that name things: one with all fields that do, and one for each of these
  /// fields alone}
  ///
  /// @param schema their schema
  /// @param names gives fields that name things their values, and null to others
  List<Object> each(JsonNode schema, Function<String, @Nullable String> names) {
    var bodies = new ArrayList<>();
    bodies.add(valid(schema, names));
    if (bodies.getFirst() instanceof Map<?, ?> all) {
      List<String> required =
          resolve(schema).path("required").valueStream().map(JsonNode::asString).toList();
      for (Object field : all.keySet()) {
        if (!required.contains(field)) {
          var alone = new LinkedHashMap<Object, Object>(all);
          alone.keySet().removeIf(it -> !it.equals(field) && !required.contains(it));
          bodies.add(alone);
        }
      }
    }
    return bodies;
  }

  /// {@return what a reference refers to}
  JsonNode resolve(JsonNode schema) {
    String reference = schema.path("$ref").asString("");
    return reference.isEmpty() ? schema : document.at(reference.substring(1));
  }

  private Object value(String field, JsonNode schema, Function<String, @Nullable String> names) {
    return switch (schema.path("type").asString("")) {
      case "object" -> object(schema, names);
      case "array" -> array(field, schema, names);
      case "integer" -> schema.path("minimum").asInt(1);
      case "number" -> schema.path("minimum").asDouble(0.5);
      case "boolean" -> false;
      case "string" -> text(field, schema, names);
      default -> "a"; // any JSON
    };
  }

  private Map<String, Object> object(JsonNode schema, Function<String, @Nullable String> names) {
    List<String> required = schema.path("required").valueStream().map(JsonNode::asString).toList();
    var fields = new LinkedHashMap<String, Object>();
    schema
        .path("properties")
        .forEachEntry(
            (name, said) -> {
              boolean named = names.apply(name) != null;
              if (required.contains(name) || named || isId(said)) {
                fields.put(name, value(name, resolve(said), names));
              }
            });
    return fields;
  }

  private boolean isId(JsonNode schema) {
    return schema.path("format").asString("").equals("uuid")
        || schema.at("/items/format").asString("").equals("uuid");
  }

  private List<Object> array(
      String field, JsonNode schema, Function<String, @Nullable String> names) {
    var items = new ArrayList<>();
    int most = names.apply(field) != null ? 1 : Math.max(1, schema.path("minItems").asInt(1));
    for (int i = 0; i < most; i++) {
      items.add(value(field, resolve(schema.path("items")), names));
    }
    return items;
  }

  private static String text(
      String field, JsonNode schema, Function<String, @Nullable String> names) {
    String name = names.apply(field);
    if (name != null) {
      return name;
    }
    if (schema.path("format").asString("").equals("uuid")) {
      throw new AssertionError(
          "nobody has a thing for field '%s'; add it to Belongings".formatted(field));
    }
    if (schema.has("enum")) {
      return schema.at("/enum/0").asString();
    }
    return "a".repeat(Math.max(1, schema.path("minLength").asInt(1)));
  }
}
