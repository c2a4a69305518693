package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.checkpoint.ModelPlaces.AttentionPlaces;
import ai.hartonomous.model.checkpoint.ModelPlaces.LayerPlaces;
import ai.hartonomous.model.checkpoint.ModelPlaces.LinearPlace;
import ai.hartonomous.model.checkpoint.ModelPlaces.MlpPlaces;
import ai.hartonomous.model.checkpoint.ModelPlaces.NormPlace;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import ai.hartonomous.tensor.Q4Matrix;
import ai.hartonomous.tensor.Q8Matrix;
import ai.hartonomous.tensor.Weight;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads the weights of a model from the tensors of a checkpoint, one tensor after the other.
final class WeightsReader {
  private final ModelConfig config;
  private final Map<String, StoredTensor> tensors;
  private final @Nullable ServingFormat format;
  private String lastName = "";
  private float[] last = {};

  /// @param format of matrices in memory, or null for those that can be trained
  WeightsReader(
      ModelConfig config, Map<String, StoredTensor> tensors, @Nullable ServingFormat format) {
    this.config = config;
    this.tensors = tensors;
    this.format = format;
  }

  /// Checks that a checkpoint has exactly the tensors of a model, in their shapes. Reads none.
  ///
  /// @param source file to name for a tensor that is missing
  /// @param places what the model needs
  /// @param tensors what the checkpoint has
  /// @param ignored names that may be there besides
  /// @throws CheckpointException if something is missing, unexpected or of another shape
  static void check(
      Path source, ModelPlaces places, Map<String, StoredTensor> tensors, Predicate<String> ignored)
      throws CheckpointException {
    Set<String> used = new HashSet<>();
    for (Place place : places.all()) {
      StoredTensor tensor = tensors.get(place.tensor());
      if (tensor == null) {
        throw new CheckpointException(
            source, "tensor " + place.tensor(), "shape " + place.shape(), "no such tensor");
      }
      if (!tensor.shape().equals(place.shape())) {
        throw new CheckpointException(
            tensor.file(),
            "tensor " + place.tensor(),
            "shape " + place.shape(),
            "shape " + tensor.shape());
      }
      tensor.format();
      used.add(place.tensor());
    }
    for (StoredTensor tensor : tensors.values()) {
      if (!used.contains(tensor.name()) && !ignored.test(tensor.name())) {
        throw new CheckpointException(
            tensor.file(),
            "tensor " + FileFormatException.quote(tensor.name()),
            "only tensors of the configured model",
            "an unexpected tensor of shape " + tensor.shape());
      }
    }
  }

  /// {@return the weights}
  ///
  /// @param places where they stand; checked
  Weights read(ModelPlaces places) throws CheckpointException {
    Weight tokens = matrix(places.tokens());
    List<LayerWeights> layers = new ArrayList<>();
    for (LayerPlaces layer : places.layers()) {
      layers.add(layer(layer));
    }
    LinearPlace output = places.output();
    return new Weights(
        tokens,
        positions(places.positions()),
        layers,
        norm(places.finalNorm()),
        output == null ? new Linear(tokens, null) : linear(output));
  }

  private LayerWeights layer(LayerPlaces layer) throws CheckpointException {
    MlpPlaces mlp = layer.mlp();
    return new LayerWeights(
        norm(layer.attentionNorm()),
        attention(layer.attention()),
        norm(layer.mlpNorm()),
        mlp == null
            ? null
            : new Mlp(
                mlp.gate() == null ? null : linear(mlp.gate()),
                linear(mlp.up()),
                linear(mlp.down())));
  }

  private Attention attention(AttentionPlaces places) throws CheckpointException {
    // Matrices first, then biases: neighbours in one fused tensor then share its conversion.
    Weight query = matrix(places.query().weight());
    Weight key = matrix(places.key().weight());
    Weight value = matrix(places.value().weight());
    return new Attention(
        new Linear(query, vector(places.query().bias())),
        new Linear(key, vector(places.key().bias())),
        new Linear(value, vector(places.value().bias())),
        linear(places.output()),
        norm(places.queryNorm()),
        norm(places.keyNorm()));
  }

  private Linear linear(LinearPlace place) throws CheckpointException {
    return new Linear(matrix(place.weight()), vector(place.bias()));
  }

  private @Nullable Norm norm(@Nullable NormPlace place) throws CheckpointException {
    NormConfig norm = config.norm();
    if (place == null || norm == null) {
      return null;
    }
    float[] gain = take(place.gain());
    return new Norm(norm.kind(), gain, vector(place.bias()), norm.epsilon());
  }

  private @Nullable Matrix positions(@Nullable Place place) throws CheckpointException {
    return place == null ? null : floats(place);
  }

  private Weight matrix(Place place) throws CheckpointException {
    if (format == null) {
      return floats(place);
    }
    StoredTensor tensor = tensor(place);
    Dtype dtype = tensor.format();
    boolean kept = format.keeps(dtype);
    if (kept && place.keepsRowsWhole() && (dtype == Dtype.Q8_0 || dtype == Dtype.Q4_0)) {
      return blocks(place, tensor, dtype);
    }
    // A bfloat16 that was widened is rounded to itself.
    return kept && dtype == Dtype.BF16
        ? ServingFormat.BF16.convert(floats(place))
        : format.convert(floats(place));
  }

  private Matrix floats(Place place) throws CheckpointException {
    return Matrix.of(take(place), place.rows().size(), place.cols().size());
  }

  private static Weight blocks(Place place, StoredTensor tensor, Dtype dtype) {
    int rows = place.rows().size();
    int cols = place.cols().size();
    MemorySegment bytes = place.isWholeTensor() ? tensor.bytes() : moved(place, tensor, dtype);
    return dtype == Dtype.Q8_0
        ? Q8Matrix.fromBlocks(rows, cols, bytes)
        : Q4Matrix.fromBlocks(rows, cols, bytes);
  }

  private static MemorySegment moved(Place place, StoredTensor tensor, Dtype dtype) {
    int rows = place.rows().size();
    int rowBytes = (int) dtype.bytes(place.cols().size());
    MemorySegment moved = MemorySegment.ofArray(new byte[Math.multiplyExact(rows, rowBytes)]);
    for (int r = 0; r < rows; r++) {
      long from = (long) place.rows().storedRow(r) * rowBytes;
      MemorySegment.copy(tensor.bytes(), from, moved, (long) r * rowBytes, rowBytes);
    }
    return moved;
  }

  private StoredTensor tensor(Place place) {
    StoredTensor tensor = tensors.get(place.tensor());
    if (tensor == null) {
      throw new IllegalArgumentException("unchecked tensor " + place.tensor());
    }
    return tensor;
  }

  private float @Nullable [] vector(@Nullable Place place) throws CheckpointException {
    return place == null ? null : take(place);
  }

  private float[] take(Place place) throws CheckpointException {
    StoredTensor tensor = tensor(place);
    if (place.isWholeTensor()) {
      return tensor.read(); // the model owns it
    }
    if (!lastName.equals(place.tensor())) {
      last = tensor.read();
      lastName = place.tensor();
    }
    return place.take(last);
  }
}
