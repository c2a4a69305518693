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
import ai.hartonomous.tensor.Weight;
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
  private String lastName = "";
  private float[] last = {};

  WeightsReader(ModelConfig config, Map<String, StoredTensor> tensors) {
    this.config = config;
    this.tensors = tensors;
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
            "tensor " + CheckpointException.quote(tensor.name()),
            "only tensors of the configured model",
            "an unexpected tensor of shape " + tensor.shape());
      }
    }
  }

  /// {@return the weights}
  ///
  /// @param places where they stand; checked
  Weights read(ModelPlaces places) throws CheckpointException {
    Matrix tokens = matrix(places.tokens());
    List<LayerWeights> layers = new ArrayList<>();
    for (LayerPlaces layer : places.layers()) {
      layers.add(layer(layer));
    }
    LinearPlace output = places.output();
    return new Weights(
        tokens,
        places.positions() == null ? null : matrix(places.positions()),
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

  private Matrix matrix(Place place) throws CheckpointException {
    float[] numbers = take(place);
    return Matrix.of(numbers, place.rows().size(), place.cols().size());
  }

  private float @Nullable [] vector(@Nullable Place place) throws CheckpointException {
    return place == null ? null : take(place);
  }

  private float[] take(Place place) throws CheckpointException {
    StoredTensor tensor = tensors.get(place.tensor());
    if (tensor == null) {
      throw new IllegalArgumentException("unchecked tensor " + place.tensor());
    }
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
