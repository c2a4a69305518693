package ai.hartonomous.interpret.interchange;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads F32 safetensors by the format's description alone, sharing nothing with the engine, so
/// that what the engine writes is checked by someone else.
///
/// @param shapes extents by name
/// @param numbers numbers by name, row-major
record PlainSafetensors(Map<String, List<Integer>> shapes, Map<String, float[]> numbers) {

  static PlainSafetensors read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = Math.toIntExact(bytes.getLong());
    byte[] text = new byte[length];
    bytes.get(text);
    JsonNode header = new JsonMapper().readTree(new String(text, StandardCharsets.UTF_8));
    Map<String, List<Integer>> shapes = new TreeMap<>();
    Map<String, float[]> numbers = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (entry.getKey().equals("__metadata__")) {
        continue;
      }
      JsonNode tensor = entry.getValue();
      if (!tensor.path("dtype").asString().equals("F32")) {
        throw new IOException("not F32: " + entry);
      }
      int from = tensor.path("data_offsets").get(0).asInt();
      int to = tensor.path("data_offsets").get(1).asInt();
      float[] values = new float[(to - from) / 4];
      bytes
          .slice(8 + length + from, to - from)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      shapes.put(entry.getKey(), tensor.path("shape").valueStream().map(JsonNode::asInt).toList());
      numbers.put(entry.getKey(), values);
    }
    return new PlainSafetensors(shapes, numbers);
  }

  List<Integer> shape(String name) {
    return Optional.ofNullable(shapes.get(name)).orElseThrow();
  }

  /// {@return an element of a matrix}
  float at(String name, int row, int col) {
    return at(name, row * shape(name).get(1) + col);
  }

  /// {@return an element of a vector}
  float at(String name, int i) {
    return Optional.ofNullable(numbers.get(name)).orElseThrow()[i];
  }
}
