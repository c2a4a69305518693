package ai.hartonomous.platform.query;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Scalars of JSON documents by their dotted paths, such as `optimizer.learning_rate`. H2 calls
/// these as `json_text` and `json_number`; the other databases have them in SQL.
public final class JsonPaths {

  private static final JsonMapper JSON = JsonMapper.shared();

  private JsonPaths() {}

  /// {@return a string or truth value as text, or null where there is none}
  ///
  /// @param document UTF-8 of a JSON document, or null where there is none
  /// @param path names of fields with dots between them
  public static @Nullable String text(byte @Nullable [] document, String path) {
    JsonNode found = find(document, path);
    return found.isString() || found.isBoolean() ? found.asString() : null;
  }

  /// {@return a number, or null where there is none}
  ///
  /// @param document UTF-8 of a JSON document, or null where there is none
  /// @param path names of fields with dots between them
  public static @Nullable Double number(byte @Nullable [] document, String path) {
    JsonNode found = find(document, path);
    return found.isNumber() ? found.asDouble() : null;
  }

  private static JsonNode find(byte @Nullable [] document, String path) {
    if (document == null) {
      return JSON.missingNode();
    }
    JsonNode node = JSON.readTree(document);
    int start = 0;
    while (start <= path.length()) {
      int dot = path.indexOf('.', start);
      int end = dot < 0 ? path.length() : dot;
      node = node.path(path.substring(start, end));
      start = end + 1;
    }
    return node;
  }
}
