package ai.hartonomous.model.checkpoint;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where every weight of a model stands in a checkpoint.
///
/// @param tokens token embedding
/// @param positions position embedding, or null
/// @param layers one entry for each layer
/// @param finalNorm before the output matrix, or null
/// @param output output matrix and bias; null where the matrix is the token embedding
record ModelPlaces(
    Place tokens,
    @Nullable Place positions,
    List<LayerPlaces> layers,
    @Nullable NormPlace finalNorm,
    @Nullable LinearPlace output) {

  ModelPlaces {
    layers = List.copyOf(layers);
  }

  /// A linear map.
  record LinearPlace(Place weight, @Nullable Place bias) {}

  /// A normalisation.
  record NormPlace(Place gain, @Nullable Place bias) {
    /// {@return a normalisation over `width` numbers whose tensors begin with `name`}
    static NormPlace of(String name, int width, String gain, @Nullable String bias) {
      Units all = Units.all(width);
      return new NormPlace(
          Place.vector(name + gain, all), bias == null ? null : Place.vector(name + bias, all));
    }
  }

  /// The attention of a layer.
  record AttentionPlaces(
      LinearPlace query,
      LinearPlace key,
      LinearPlace value,
      LinearPlace output,
      @Nullable NormPlace queryNorm,
      @Nullable NormPlace keyNorm) {}

  /// The MLP of a layer.
  record MlpPlaces(@Nullable LinearPlace gate, LinearPlace up, LinearPlace down) {}

  /// A layer.
  record LayerPlaces(
      @Nullable NormPlace attentionNorm,
      AttentionPlaces attention,
      @Nullable NormPlace mlpNorm,
      @Nullable MlpPlaces mlp) {

    private void addTo(List<Place> all) {
      add(all, attentionNorm);
      add(all, attention.query);
      add(all, attention.key);
      add(all, attention.value);
      add(all, attention.output);
      add(all, attention.queryNorm);
      add(all, attention.keyNorm);
      add(all, mlpNorm);
      if (mlp != null) {
        add(all, mlp.gate);
        add(all, mlp.up);
        add(all, mlp.down);
      }
    }
  }

  /// {@return every place, fused tensors several times}
  List<Place> all() {
    List<Place> all = new ArrayList<>();
    all.add(tokens);
    add(all, positions);
    for (LayerPlaces layer : layers) {
      layer.addTo(all);
    }
    add(all, finalNorm);
    add(all, output);
    return all;
  }

  /// {@return every place with the name of the weight that stands there}
  List<ParameterPlace> parameters() {
    var all = new Named(new ArrayList<>());
    all.add("tokens", tokens);
    all.add("positions", positions);
    for (int l = 0; l < layers.size(); l++) {
      all.add("layers.%d.".formatted(l), layers.get(l));
    }
    all.add("finalNorm", finalNorm);
    all.add("output", output);
    return List.copyOf(all.places);
  }

  /// Collects places under the names of {@link ai.hartonomous.model.transformer.Weights}.
  private record Named(List<ParameterPlace> places) {

    void add(String prefix, LayerPlaces layer) {
      add(prefix + "attentionNorm", layer.attentionNorm);
      add(prefix + "attention.query", layer.attention.query);
      add(prefix + "attention.key", layer.attention.key);
      add(prefix + "attention.value", layer.attention.value);
      add(prefix + "attention.output", layer.attention.output);
      add(prefix + "attention.queryNorm", layer.attention.queryNorm);
      add(prefix + "attention.keyNorm", layer.attention.keyNorm);
      add(prefix + "mlpNorm", layer.mlpNorm);
      if (layer.mlp != null) {
        add(prefix + "mlp.gate", layer.mlp.gate);
        add(prefix + "mlp.up", layer.mlp.up);
        add(prefix + "mlp.down", layer.mlp.down);
      }
    }

    void add(String name, @Nullable LinearPlace linear) {
      if (linear != null) {
        add(name + ".weight", linear.weight);
        add(name + ".bias", linear.bias);
      }
    }

    void add(String name, @Nullable NormPlace norm) {
      if (norm != null) {
        add(name + ".gain", norm.gain);
        add(name + ".bias", norm.bias);
      }
    }

    void add(String name, @Nullable Place place) {
      if (place != null) {
        places.add(ParameterPlace.of(name, place));
      }
    }
  }

  private static void add(List<Place> all, @Nullable LinearPlace linear) {
    if (linear != null) {
      all.add(linear.weight);
      add(all, linear.bias);
    }
  }

  private static void add(List<Place> all, @Nullable NormPlace norm) {
    if (norm != null) {
      all.add(norm.gain);
      add(all, norm.bias);
    }
  }

  private static void add(List<Place> all, @Nullable Place place) {
    if (place != null) {
      all.add(place);
    }
  }
}
