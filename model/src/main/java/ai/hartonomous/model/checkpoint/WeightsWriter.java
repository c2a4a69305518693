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
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import ai.hartonomous.tensor.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lays the weights of a model out as tensors of a file. A place without a weight (a bias the model
/// does not have) and padding become zeros; a weight without a place is the caller's mistake.
final class WeightsWriter {
  private final Map<String, List<Part>> parts = new LinkedHashMap<>();

  private WeightsWriter() {}

  private record Part(Place place, @Nullable Weight weight) {}

  /// {@return the tensors of the file; their numbers are laid out when asked for}
  ///
  /// @param weights numbers
  /// @param places where they go
  /// @throws IllegalArgumentException if the model has a weight that has no place
  static List<SafetensorsWriter.Tensor> tensors(Weights weights, ModelPlaces places) {
    var writer = new WeightsWriter();
    writer.add(places.tokens(), weights.tokens());
    writer.add(places.positions(), weights.positions(), "position embedding");
    for (int l = 0; l < places.layers().size(); l++) {
      writer.add(places.layers().get(l), weights.layers().get(l));
    }
    writer.add(places.finalNorm(), weights.finalNorm());
    if (places.output() != null) {
      writer.add(places.output(), weights.output());
    } else if (!weights.output().weight().equals(weights.tokens())
        || weights.output().bias() != null) {
      throw new IllegalArgumentException("an output matrix or bias beside a tied embedding");
    }
    return writer.tensors();
  }

  private List<SafetensorsWriter.Tensor> tensors() {
    List<SafetensorsWriter.Tensor> tensors = new ArrayList<>();
    parts.forEach(
        (name, of) ->
            tensors.add(
                new SafetensorsWriter.Tensor(
                    name, of.getFirst().place.shape(), () -> numbers(of))));
    return tensors;
  }

  private static float[] numbers(List<Part> parts) {
    float[] stored = new float[parts.getFirst().place.storedElements()];
    for (Part part : parts) {
      if (part.weight != null) {
        part.place.put(part.weight, stored);
      }
    }
    return stored;
  }

  private void add(LayerPlaces places, LayerWeights layer) {
    add(places.attentionNorm(), layer.attentionNorm());
    AttentionPlaces to = places.attention();
    Attention from = layer.attention();
    add(to.query(), from.query());
    add(to.key(), from.key());
    add(to.value(), from.value());
    add(to.output(), from.output());
    add(to.queryNorm(), from.queryNorm());
    add(to.keyNorm(), from.keyNorm());
    add(places.mlpNorm(), layer.mlpNorm());
    add(places.mlp(), layer.mlp());
  }

  private void add(@Nullable MlpPlaces places, @Nullable Mlp mlp) {
    if (places == null) {
      if (mlp != null) {
        throw new IllegalArgumentException("an MLP where the file has none");
      }
      return;
    }
    add(places.gate(), mlp == null ? null : mlp.gate());
    add(places.up(), mlp == null ? null : mlp.up());
    add(places.down(), mlp == null ? null : mlp.down());
  }

  private void add(@Nullable LinearPlace place, @Nullable Linear linear) {
    if (place == null) {
      if (linear != null) {
        throw new IllegalArgumentException("a linear map where the file has none");
      }
      return;
    }
    add(place.weight(), linear == null ? null : linear.weight());
    add(place.bias(), linear == null ? null : vector(linear.bias()), place.weight().tensor());
  }

  private void add(@Nullable NormPlace place, @Nullable Norm norm) {
    if (place == null) {
      if (norm != null) {
        throw new IllegalArgumentException("a norm where the file has none");
      }
      return;
    }
    add(place.gain(), norm == null ? null : vector(norm.gain()));
    add(place.bias(), norm == null ? null : vector(norm.bias()), place.gain().tensor());
  }

  private void add(@Nullable Place place, @Nullable Weight weight, String what) {
    if (place != null) {
      add(place, weight);
    } else if (weight != null) {
      throw new IllegalArgumentException("the file has no place for the bias beside " + what);
    }
  }

  private void add(Place place, @Nullable Weight weight) {
    parts.computeIfAbsent(place.tensor(), _ -> new ArrayList<>()).add(new Part(place, weight));
  }

  private static @Nullable Weight vector(float @Nullable [] vector) {
    return vector == null ? null : Matrix.of(vector, vector.length, 1);
  }
}
