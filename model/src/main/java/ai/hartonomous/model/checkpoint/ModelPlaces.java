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
