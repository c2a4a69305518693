package ai.hartonomous.interpret.interchange;

import ai.hartonomous.model.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JSON object of a coder's configuration file. Accessors name file and key when they find
/// something else than they want. A key whose value is `null` counts as absent.
///
/// @param file the file
/// @param place path of the object in it, as a prefix of keys; empty for the root
/// @param node the object
record Settings(Path file, String place, JsonNode node) {
  private static final long MAX_BYTES = 1_000_000;
  private static final int SHOWN_CHARACTERS = 120;
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// Reads a file of at most 1 MB.
  static Settings read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new CheckpointException(file, "start", "a regular file", "something else");
    }
    long size = Files.size(file);
    if (size > MAX_BYTES) {
      throw new CheckpointException(
          file, "end", "at most %d bytes".formatted(MAX_BYTES), "" + size);
    }
    JsonNode root;
    try {
      root = MAPPER.readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      var failure =
          new CheckpointException(file, "JSON", "valid JSON", quote("" + e.getOriginalMessage()));
      failure.initCause(e);
      throw failure;
    }
    if (!root.isObject()) {
      throw new CheckpointException(file, "start", "a JSON object", "another value");
    }
    return new Settings(file, "", root);
  }

  /// {@return text from a file, fit for a message}
  static String quote(String text) {
    boolean whole = text.length() <= SHOWN_CHARACTERS;
    String shown = whole ? text : text.substring(0, SHOWN_CHARACTERS);
    return '"' + shown.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?") + (whole ? "\"" : "...\"");
  }

  boolean has(String key) {
    JsonNode value = node.get(key);
    return value != null && !value.isNull();
  }

  /// {@return an integer of at least `least`}
  long atLeast(long least, String key) throws CheckpointException {
    JsonNode value = required(key);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < least) {
      throw unexpected(key, "an integer of at least " + least, quote(value.toString()));
    }
    return value.longValue();
  }

  /// {@return an integer of at least `least` that fits in 31 bits}
  int count(int least, String key) throws CheckpointException {
    long value = atLeast(least, key);
    if (value > Integer.MAX_VALUE) {
      throw unexpected(key, "an integer below 2^31", "" + value);
    }
    return (int) value;
  }

  boolean flag(String key, boolean otherwise) throws CheckpointException {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = required(key);
    if (!value.isBoolean()) {
      throw unexpected(key, "true or false", quote(value.toString()));
    }
    return value.booleanValue();
  }

  String text(String key) throws CheckpointException {
    JsonNode value = required(key);
    if (!value.isString()) {
      throw unexpected(key, "a string", quote(value.toString()));
    }
    return value.stringValue();
  }

  String text(String key, String otherwise) throws CheckpointException {
    return has(key) ? text(key) : otherwise;
  }

  double number(String key) throws CheckpointException {
    JsonNode value = required(key);
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw unexpected(key, "a finite number", quote(value.toString()));
    }
    return value.doubleValue();
  }

  Optional<Settings> object(String key) throws CheckpointException {
    if (!has(key)) {
      return Optional.empty();
    }
    JsonNode value = required(key);
    if (!value.isObject()) {
      throw unexpected(key, "an object", quote(value.toString()));
    }
    return Optional.of(new Settings(file, place + key + ".", value));
  }

  List<Settings> objects(String key) throws CheckpointException {
    JsonNode list = required(key);
    if (!list.isArray()) {
      throw unexpected(key, "a list", quote(list.toString()));
    }
    List<Settings> objects = new ArrayList<>();
    for (JsonNode value : list) {
      String at = "%s%s[%d].".formatted(place, key, objects.size());
      if (!value.isObject()) {
        throw unexpected(key, "a list of objects", quote(value.toString()));
      }
      objects.add(new Settings(file, at, value));
    }
    return objects;
  }

  /// {@return the finite numbers of an object, by name}
  Map<String, Double> numbers() throws CheckpointException {
    Map<String, Double> numbers = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      numbers.put(entry.getKey(), number(entry.getKey()));
    }
    return numbers;
  }

  @Nullable Long numberOrNull(String key) throws CheckpointException {
    return has(key) ? atLeast(Long.MIN_VALUE, key) : null;
  }

  @Nullable String textOrNull(String key) throws CheckpointException {
    return has(key) ? text(key) : null;
  }

  CheckpointException unexpected(String key, String expected, String found) {
    return new CheckpointException(file, "key " + place + key, expected, found);
  }

  private JsonNode required(String key) throws CheckpointException {
    JsonNode value = node.get(key);
    if (value == null || value.isNull()) {
      throw unexpected(key, "a value", "none");
    }
    return value;
  }
}
