package ai.hartonomous.distill.pack;

import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.checkpoint.ContentHash;
import ai.hartonomous.model.checkpoint.ParameterPlace;
import ai.hartonomous.model.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Describes the tensors of a checkpoint in an agent's folder: what they are, their hashes, and
/// where their numbers come from.
final class TensorText {

  private TensorText() {}

  /// Adds an entry for each tensor, by name.
  ///
  /// @param json receives them
  /// @param checkpoint folder or file
  /// @param origins where the agent's weights come from
  static void add(ObjectNode json, Path checkpoint, Origins origins) throws IOException {
    try (Checkpoint open = Checkpoints.open(checkpoint)) {
      List<ParameterPlace> places = open.parameterPlaces();
      for (StoredTensor tensor : new TreeMap<>(open.tensors()).values()) {
        ObjectNode entry = json.putObject(tensor.name());
        describe(entry, tensor);
        ArrayNode from = entry.putArray("from");
        origins.in(places, tensor.name()).forEach(origin -> origin(from.addObject(), origin));
      }
    }
  }

  /// Adds type, shape and hash.
  static void describe(ObjectNode json, StoredTensor tensor) {
    json.put("dtype", tensor.type());
    ArrayNode shape = json.putArray("shape");
    tensor.shape().forEach(shape::add);
    json.put("sha256", ContentHash.of(tensor.bytes()));
  }

  static void origin(ObjectNode json, Origins.Origin origin) {
    json.put("weight", origin.parameter());
    json.put("source", 0);
    json.put("tensor", origin.tensor());
    if (origin.tensor() != null) {
      json.put("order", origin.order());
      json.put("rows", origin.rows());
      json.put("columns", origin.columns());
      json.put("largest_change", decimal(origin.largestChange()));
    }
    if (origin.foldedFrom() != null) {
      ObjectNode folded = json.putObject("folded");
      folded.put("tensor", origin.foldedFrom());
      folded.put("columns", origin.foldedColumns());
    }
    if (!origin.foldedLayers().isEmpty()) {
      ArrayNode layers = json.putArray("folded_layers");
      origin.foldedLayers().forEach(layers::add);
    }
  }

  /// The shortest decimal of a number in single precision, which reads back as the same.
  private static @Nullable Double decimal(@Nullable Float number) {
    return number == null ? null : Double.valueOf(number.toString());
  }
}
