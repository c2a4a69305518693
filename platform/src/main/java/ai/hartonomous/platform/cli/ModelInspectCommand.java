package ai.hartonomous.platform.cli;

import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.StoredTensor;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous model inspect`: what a checkpoint is.
@Command(
    name = "inspect",
    description = "Prints what a checkpoint is: family, extents, components, tensors, hash.",
    mixinStandardHelpOptions = true)
final class ModelInspectCommand implements Callable<Integer> {

  @Mixin private ModelSource source;

  @Override
  public Integer call() throws IOException {
    ObjectNode json;
    try (Checkpoint checkpoint = source.open()) {
      json = describe(checkpoint);
    }
    if (source.asJson()) {
      source.print(json);
    } else {
      printTable(json);
    }
    return 0;
  }

  private static ObjectNode describe(Checkpoint checkpoint) throws IOException {
    ModelConfig config = checkpoint.config();
    ObjectNode json = ModelSource.mapper().createObjectNode();
    json.put("family", config.family());
    json.put("format", checkpoint.format());
    json.put("dtype", checkpoint.dtype());
    json.put("parameters", parameters(checkpoint));
    json.put("components", config.components());
    json.put("heads", config.layers().stream().mapToInt(LayerConfig::heads).sum());
    json.put("neurons", config.layers().stream().mapToInt(LayerConfig::neurons).sum());
    json.put("width", config.extents().width());
    json.put("head_width", config.extents().headWidth());
    json.put("vocabulary", config.extents().vocabulary());
    json.put("outputs", config.extents().outputs());
    json.put("context", config.extents().positions());
    json.put("tied", config.tied());
    json.put("size_bytes", checkpoint.sizeBytes());
    json.put("sha256", checkpoint.contentHash());
    ArrayNode layers = json.putArray("layers");
    for (LayerConfig layer : config.layers()) {
      ObjectNode entry = layers.addObject();
      entry.put("heads", layer.heads());
      entry.put("key_heads", layer.keyHeads());
      entry.put("neurons", layer.neurons());
    }
    ArrayNode tensors = json.putArray("tensors");
    for (StoredTensor tensor : sorted(checkpoint)) {
      ObjectNode entry = tensors.addObject();
      entry.put("name", tensor.name());
      entry.put("type", tensor.type());
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(shape::add);
    }
    return json;
  }

  /// {@return trainable numbers, tied ones once, padding left out}
  private static long parameters(Checkpoint checkpoint) throws IOException {
    return checkpoint.load().weights().parameterCount();
  }

  private static List<StoredTensor> sorted(Checkpoint checkpoint) {
    return checkpoint.tensors().values().stream()
        .sorted(Comparator.comparing(StoredTensor::name))
        .toList();
  }

  private void printTable(ObjectNode json) {
    for (var entry : json.properties()) {
      JsonNode value = entry.getValue();
      if (!value.isArray()) {
        String text = value.isIntegralNumber() ? grouped(value.asLong()) : value.asString();
        source.print("%-12s %s".formatted(entry.getKey(), text));
      }
    }
    printLayers(json.path("layers"));
    for (JsonNode tensor : json.path("tensors")) {
      String shape =
          tensor
              .path("shape")
              .valueStream()
              .map(JsonNode::asString)
              .collect(Collectors.joining(" x "));
      source.print(
          "%-6s %-16s %s"
              .formatted(tensor.path("type").asString(), shape, tensor.path("name").asString()));
    }
  }

  /// Equal neighbours share a line.
  private void printLayers(JsonNode layers) {
    for (int from = 0; from < layers.size(); ) {
      JsonNode layer = layers.get(from);
      int to = from;
      while (to + 1 < layers.size() && layers.get(to + 1).equals(layer)) {
        to++;
      }
      source.print(
          "%-12s %d heads over %d key heads, %d neurons"
              .formatted(
                  to == from ? "layer " + from : "layers %d-%d".formatted(from, to),
                  layer.path("heads").asInt(),
                  layer.path("key_heads").asInt(),
                  layer.path("neurons").asInt()));
      from = to + 1;
    }
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
