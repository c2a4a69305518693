package ai.hartonomous.model.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.util.ByteBufferBackedInputStream;

/// Reads the JSON header of a safetensors file, token by token, so that a long header does not
/// become a tree.
final class SafetensorsHeader {
  private static final int MAX_TENSORS = 200_000;
  private static final int MAX_DIMS = 8;

  private final Path file;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  SafetensorsHeader(Path file) {
    this.file = file;
  }

  /// One tensor of the header; its length agrees with shape and format.
  ///
  /// @param name name of the tensor
  /// @param type name of the number format
  /// @param shape extents
  /// @param begin first byte, counted from the end of the header
  /// @param end byte after the last
  record Entry(String name, String type, List<Long> shape, long begin, long end) {
    StoredTensor tensor(Path file, MemorySegment bytes) {
      return new StoredTensor(
          file, name, type, Dtype.ofSafetensors(type).orElse(null), shape, bytes);
    }
  }

  List<Entry> entries() {
    return entries;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /// Reads the whole header.
  ///
  /// @param header its bytes, without the length
  /// @throws CheckpointException if it is not as the format demands
  void read(MemorySegment header) throws CheckpointException {
    try (JsonParser json =
        StrictJson.parser(new ByteBufferBackedInputStream(header.asByteBuffer()))) {
      expect(json, json.nextToken(), JsonToken.START_OBJECT, "header");
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        expect(json, json.nextToken(), JsonToken.START_OBJECT, name);
        if (name.equals("__metadata__")) {
          readMetadata(json);
        } else {
          entries.add(readEntry(json, name));
        }
        if (entries.size() > MAX_TENSORS) {
          throw fault("header", "at most %d tensors".formatted(MAX_TENSORS), "more");
        }
      }
      if (json.nextToken() != null) {
        throw fault("header", "nothing after the object", "" + json.currentToken());
      }
    } catch (JacksonException e) {
      throw StrictJson.malformed(file, e);
    }
  }

  private void readMetadata(JsonParser json) throws CheckpointException {
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = json.currentName();
      expect(json, json.nextToken(), JsonToken.VALUE_STRING, "__metadata__." + key);
      metadata.put(key, json.getString());
    }
  }

  private Entry readEntry(JsonParser json, String name) throws CheckpointException {
    String type = "";
    List<Long> shape = null;
    List<Long> offsets = null;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      switch (key) {
        case "dtype" -> {
          expect(json, value, JsonToken.VALUE_STRING, name);
          type = json.getString();
        }
        case "shape" -> shape = numbers(json, name);
        case "data_offsets" -> offsets = numbers(json, name);
        default ->
            throw fault(name, "dtype, shape and data_offsets", FileFormatException.quote(key));
      }
    }
    if (shape == null || offsets == null || offsets.size() != 2) {
      throw fault(name, "shape and two data_offsets", offsets == null ? "none" : "" + offsets);
    }
    var entry = new Entry(name, type, shape, offsets.getFirst(), offsets.getLast());
    checkLength(entry);
    return entry;
  }

  private List<Long> numbers(JsonParser json, String name) throws CheckpointException {
    expect(json, json.currentToken(), JsonToken.START_ARRAY, name);
    List<Long> numbers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json, json.currentToken(), JsonToken.VALUE_NUMBER_INT, name);
      boolean fits = json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
      if (!fits || json.getLongValue() < 0 || numbers.size() == MAX_DIMS) {
        throw fault(
            name,
            "at most %d integers from 0 to 2^63 - 1".formatted(MAX_DIMS),
            FileFormatException.quote(json.getString()));
      }
      numbers.add(json.getLongValue());
    }
    return numbers;
  }

  private void checkLength(Entry entry) throws CheckpointException {
    long bits = bits(entry);
    for (long extent : entry.shape) {
      if (extent != 0 && bits > Long.MAX_VALUE / extent) {
        throw fault(entry.name, "less than 2^63 bits", "shape " + entry.shape);
      }
      bits *= extent;
    }
    long length = entry.end - entry.begin;
    if (length < 0 || bits % 8 != 0 || length != bits / 8) {
      throw fault(
          entry.name,
          "%d bytes for %s %s".formatted(bits / 8, entry.type, entry.shape),
          "data_offsets [%d, %d]".formatted(entry.begin, entry.end));
    }
  }

  private long bits(Entry entry) throws CheckpointException {
    return switch (entry.type) {
      case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0" -> 8;
      case "I16", "U16", "F16", "BF16" -> 16;
      case "I32", "U32", "F32" -> 32;
      case "I64", "U64", "F64", "C64" -> 64;
      default ->
          throw fault(
              entry.name, "a dtype such as F32 or BF16", FileFormatException.quote(entry.type));
    };
  }

  private void expect(JsonParser json, JsonToken found, JsonToken expected, String place)
      throws CheckpointException {
    if (found != expected) {
      String text = found == null ? "the end" : FileFormatException.quote(json.getString());
      throw fault(place, "" + expected, text);
    }
  }

  private CheckpointException fault(String place, String expected, String found) {
    return new CheckpointException(
        file, "tensor " + FileFormatException.quote(place), expected, found);
  }
}
