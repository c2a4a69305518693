package ai.hartonomous.model.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A JSON object of a configuration file. Every accessor names file and key when it finds something
/// else than it wants. A key whose value is `null` counts as absent.
///
/// @param file the file
/// @param place path of the object in it, as a prefix of keys; empty for the root
/// @param node the object
record ConfigObject(Path file, String place, JsonNode node) {

  /// {@return whether the key is there, and not `null`}
  boolean has(String key) {
    JsonNode value = node.get(key);
    return value != null && !value.isNull();
  }

  /// {@return an integer of at least 1}
  int positive(String key) throws CheckpointException {
    return atLeast(1, key);
  }

  /// {@return an integer of at least 1, or `otherwise` where absent}
  int positive(String key, int otherwise) throws CheckpointException {
    return has(key) ? positive(key) : otherwise;
  }

  /// {@return an integer of at least `least`}
  int atLeast(int least, String key) throws CheckpointException {
    JsonNode value = required(key);
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < least) {
      throw unexpected(key, "an integer of at least " + least, value);
    }
    return value.intValue();
  }

  /// {@return an integer of at least 0, or 0 where absent}
  int count(String key) throws CheckpointException {
    return count(key, 0);
  }

  /// {@return an integer of at least 0, or `otherwise` where absent}
  int count(String key, int otherwise) throws CheckpointException {
    return has(key) ? atLeast(0, key) : otherwise;
  }

  /// {@return a finite number above 0}
  double positiveNumber(String key) throws CheckpointException {
    JsonNode value = required(key);
    if (!value.isNumber() || !(value.doubleValue() > 0) || value.doubleValue() > Float.MAX_VALUE) {
      throw unexpected(key, "a number above 0", value);
    }
    return value.doubleValue();
  }

  /// {@return a finite number above 0, or `otherwise` where absent}
  double positiveNumber(String key, double otherwise) throws CheckpointException {
    return has(key) ? positiveNumber(key) : otherwise;
  }

  /// {@return a truth value, or `otherwise` where absent}
  boolean flag(String key, boolean otherwise) throws CheckpointException {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = required(key);
    if (!value.isBoolean()) {
      throw unexpected(key, "true or false", value);
    }
    return value.booleanValue();
  }

  /// {@return a string}
  String text(String key) throws CheckpointException {
    JsonNode value = required(key);
    if (!value.isString()) {
      throw unexpected(key, "a string", value);
    }
    return value.stringValue();
  }

  /// {@return a string, or `otherwise` where absent}
  String text(String key, String otherwise) throws CheckpointException {
    return has(key) ? text(key) : otherwise;
  }

  /// {@return an object, if there}
  Optional<ConfigObject> object(String key) throws CheckpointException {
    if (!has(key)) {
      return Optional.empty();
    }
    JsonNode value = required(key);
    if (!value.isObject()) {
      throw unexpected(key, "an object", value);
    }
    return Optional.of(new ConfigObject(file, place + key + ".", value));
  }

  /// {@return the objects of a list}
  List<ConfigObject> objects(String key) throws CheckpointException {
    JsonNode list = required(key);
    if (!list.isArray()) {
      throw unexpected(key, "a list", list);
    }
    List<ConfigObject> objects = new ArrayList<>();
    for (JsonNode value : list) {
      if (!value.isObject()) {
        throw unexpected(key, "a list of objects", value);
      }
      objects.add(new ConfigObject(file, "%s%s[%d].".formatted(place, key, objects.size()), value));
    }
    return objects;
  }

  /// {@return the strings of a list}
  List<String> texts(String key) throws CheckpointException {
    JsonNode list = required(key);
    List<String> texts = new ArrayList<>();
    for (JsonNode value : list) {
      if (!value.isString()) {
        throw unexpected(key, "a list of strings", value);
      }
      texts.add(value.stringValue());
    }
    return texts;
  }

  /// {@return the integers of a list}
  int[] integers(String key) throws CheckpointException {
    JsonNode list = required(key);
    if (!list.isArray()) {
      throw unexpected(key, "a list", list);
    }
    int[] integers = new int[list.size()];
    int i = 0;
    for (JsonNode value : list) {
      if (!value.isIntegralNumber() || !value.canConvertToInt()) {
        throw unexpected(key, "a list of integers", value);
      }
      integers[i++] = value.intValue();
    }
    return integers;
  }

  /// {@return the failure for a value that is not as expected}
  CheckpointException unexpected(String key, String expected, String found) {
    return new CheckpointException(file, "key " + place + key, expected, found);
  }

  private CheckpointException unexpected(String key, String expected, JsonNode found) {
    return unexpected(key, expected, FileFormatException.quote(found.toString()));
  }

  private JsonNode required(String key) throws CheckpointException {
    JsonNode value = node.get(key);
    if (value == null || value.isNull()) {
      throw unexpected(key, "a value", "none");
    }
    return value;
  }
}
