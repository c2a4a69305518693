package ai.hartonomous.model.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the JSON files of a tokenizer, strictly: duplicate keys are errors.
final class Json {

  /// Largest tokenizer file that is read, in bytes. The largest known are a quarter of it.
  static final long LARGEST_FILE = 128L << 20;

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Json() {}

  /// {@return the bytes of a file}
  ///
  /// @param file an existing file of reasonable size
  /// @throws TokenizerException if it is larger than {@link #LARGEST_FILE}
  static byte[] bytes(Path file) throws IOException {
    long size = Files.size(file);
    if (size > LARGEST_FILE) {
      throw new TokenizerException(
          file, "its end", "at most %d bytes".formatted(LARGEST_FILE), size + " bytes");
    }
    return Files.readAllBytes(file);
  }

  /// {@return the object in a file}
  ///
  /// @param file the file
  /// @throws TokenizerException if it is not one JSON object
  static JsonNode read(Path file) throws IOException {
    JsonNode root;
    try {
      root = MAPPER.readTree(bytes(file));
    } catch (JacksonException e) {
      throw new TokenizerException(file, place(e), "JSON", e.getOriginalMessage());
    }
    if (!root.isObject()) {
      throw new TokenizerException(file, "the root", "an object", kind(root));
    }
    return root;
  }

  private static String place(JacksonException e) {
    TokenStreamLocation location = e.getLocation();
    return location == null
        ? "an unknown place"
        : "line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
  }

  /// {@return the object in a file, or nothing where there is no such file}
  ///
  /// @param file the file
  static Optional<JsonNode> readIfPresent(Path file) throws IOException {
    return Files.isRegularFile(file) ? Optional.of(read(file)) : Optional.empty();
  }

  /// {@return the document as text}
  ///
  /// @param root a tree
  static String write(JsonNode root) {
    return MAPPER.writeValueAsString(root);
  }

  /// {@return what a node is, for messages}
  ///
  /// @param node any node
  static String kind(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
