package ai.hartonomous.model.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads `model.safetensors.index.json` token by token: which file holds which tensor.
final class ShardIndex {
  private static final int MAX_TENSORS = 200_000;
  private static final String MAP = "weight_map";

  private final Path file;
  private final Map<String, String> shardOf = new TreeMap<>();

  private ShardIndex(Path file) {
    this.file = file;
  }

  /// {@return the file of each tensor, plain names of files in the folder}
  ///
  /// @param file the index
  /// @throws CheckpointException if it is damaged, or names anything but a plain `.safetensors`
  ///   file
  static Map<String, String> read(Path file) throws IOException {
    var index = new ShardIndex(file);
    try (InputStream in = Files.newInputStream(file);
        JsonParser json = StrictJson.parser(in)) {
      index.readRoot(json);
    } catch (JacksonException e) {
      throw StrictJson.malformed(file, e);
    }
    return index.shardOf;
  }

  private void readRoot(JsonParser json) throws CheckpointException {
    boolean found = false;
    expect(json.nextToken(), JsonToken.START_OBJECT, "start");
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean isMap = json.currentName().equals(MAP);
      JsonToken value = json.nextToken();
      if (isMap) {
        expect(value, JsonToken.START_OBJECT, "key " + MAP);
        readMap(json);
        found = true;
      } else {
        json.skipChildren();
      }
    }
    if (!found || json.nextToken() != null) {
      throw fault("end", "an object with " + MAP, found ? "more after it" : "none");
    }
  }

  private void readMap(JsonParser json) throws CheckpointException {
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String tensor = json.currentName();
      String place = "tensor " + FileFormatException.quote(tensor);
      expect(json.nextToken(), JsonToken.VALUE_STRING, place);
      String name = json.getString();
      if (!isPlain(name)) {
        throw fault(
            place,
            "the plain name of a .safetensors file in the folder",
            FileFormatException.quote(name));
      }
      shardOf.put(tensor, name);
      if (shardOf.size() > MAX_TENSORS) {
        throw fault("key " + MAP, "at most %d tensors".formatted(MAX_TENSORS), "more");
      }
    }
  }

  private static boolean isPlain(String name) {
    return name.endsWith(".safetensors")
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ')
        && !name.startsWith(".");
  }

  private void expect(JsonToken found, JsonToken expected, String place)
      throws CheckpointException {
    if (found != expected) {
      throw fault(place, "" + expected, "" + found);
    }
  }

  private CheckpointException fault(String place, String expected, String found) {
    return new CheckpointException(file, place, expected, found);
  }
}
