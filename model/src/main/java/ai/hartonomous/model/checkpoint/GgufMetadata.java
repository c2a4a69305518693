package ai.hartonomous.model.checkpoint;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/// The metadata of a GGUF file as a configuration: every accessor names file and key when it finds
/// something else than it wants.
///
/// @param file the file
/// @param values all values
record GgufMetadata(Path file, Map<String, GgufValue> values) {

  boolean has(String key) {
    return values.containsKey(key);
  }

  /// {@return the value of a key}
  GgufValue required(String key) throws CheckpointException {
    GgufValue value = values.get(key);
    if (value == null) {
      throw new CheckpointException(file, "key " + key, "a value", "none");
    }
    return value;
  }

  /// {@return an integer of at least 1}
  int positive(String key) throws CheckpointException {
    GgufValue value = required(key);
    int integer = value.integer();
    if (integer < 1) {
      throw value.unexpected("an integer of at least 1", "" + integer);
    }
    return integer;
  }

  /// {@return an integer of at least 1, or `otherwise` where absent}
  int positive(String key, int otherwise) throws CheckpointException {
    return has(key) ? positive(key) : otherwise;
  }

  /// {@return an integer of at least 0, or `otherwise` where absent}
  int count(String key, int otherwise) throws CheckpointException {
    return has(key) ? required(key).integer() : otherwise;
  }

  /// {@return a finite number above 0}
  double positiveNumber(String key) throws CheckpointException {
    GgufValue value = required(key);
    double number = value.number();
    if (!(number > 0) || number > Float.MAX_VALUE) {
      throw value.unexpected("a number above 0", "" + number);
    }
    return number;
  }

  /// {@return a finite number above 0, or `otherwise` where absent}
  double positiveNumber(String key, double otherwise) throws CheckpointException {
    return has(key) ? positiveNumber(key) : otherwise;
  }

  /// {@return a truth value, or `otherwise` where absent}
  boolean flag(String key, boolean otherwise) throws CheckpointException {
    return has(key) ? required(key).flag() : otherwise;
  }

  /// {@return a string, or `otherwise` where absent}
  String text(String key, String otherwise) throws CheckpointException {
    return has(key) ? required(key).text() : otherwise;
  }

  /// {@return a positive integer for each layer; the file may have one for all}
  ///
  /// @param layers number of layers, checked against what the file can hold
  int[] perLayer(String key, int layers) throws CheckpointException {
    GgufValue value = required(key);
    int[] each;
    if (value.isList()) {
      each = value.integers();
    } else {
      each = new int[layers];
      Arrays.fill(each, value.integer());
    }
    if (each.length != layers) {
      throw value.unexpected(layers + " integers", "" + each.length);
    }
    for (int integer : each) {
      if (integer < 1) {
        throw value.unexpected("integers of at least 1", "" + integer);
      }
    }
    return each;
  }
}
