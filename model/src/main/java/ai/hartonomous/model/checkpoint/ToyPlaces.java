package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.checkpoint.ModelPlaces.AttentionPlaces;
import ai.hartonomous.model.checkpoint.ModelPlaces.LayerPlaces;
import ai.hartonomous.model.checkpoint.ModelPlaces.LinearPlace;
import ai.hartonomous.model.checkpoint.ModelPlaces.MlpPlaces;
import ai.hartonomous.model.checkpoint.ModelPlaces.NormPlace;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Places in the layout of TransformerLens, as `toy_transformer` folders have it.
///
/// @param exists whether a tensor is there; decides about biases
/// @param attentionOnly whether layers have no MLP
record ToyPlaces(Predicate<String> exists, boolean attentionOnly) {

  /// {@return the places of a whole model}
  ///
  /// @param config the model
  /// @param layers extents of its layers in the file; as many key heads as query heads
  ModelPlaces of(ModelConfig config, List<StoredLayer> layers) {
    Extents extents = config.extents();
    Units width = Units.all(extents.width());
    Units outputs = Units.all(extents.outputs());
    boolean normed = config.norm() != null;
    List<LayerPlaces> places = new ArrayList<>();
    for (int l = 0; l < layers.size(); l++) {
      places.add(layer("blocks.%d.".formatted(l), extents, layers.get(l), normed));
    }
    return new ModelPlaces(
        Place.matrix("embed.W_E", Units.all(extents.vocabulary()), width),
        Place.matrix("pos_embed.W_pos", Units.all(extents.positions()), width),
        places,
        norm("ln_final", extents, normed),
        new LinearPlace(
            Place.transposed("unembed.W_U", outputs, width),
            bias(Place.vector("unembed.b_U", outputs))));
  }

  private LayerPlaces layer(String prefix, Extents extents, StoredLayer layer, boolean normed) {
    Units width = Units.all(extents.width());
    Units heads = layer.queryUnits(extents.headWidth());
    Units keys = layer.keyUnits(extents.headWidth());
    Units neurons = layer.neuronUnits();
    String attention = prefix + "attn.";
    String mlp = prefix + "mlp.";
    Place output =
        Place.transposed(attention + "W_O", width, heads)
            .withShape((long) heads.stored(), (long) heads.width(), (long) extents.width());
    MlpPlaces mlpPlaces =
        new MlpPlaces(
            null,
            new LinearPlace(
                Place.transposed(mlp + "W_in", neurons, width),
                bias(Place.vector(mlp + "b_in", neurons))),
            new LinearPlace(
                Place.transposed(mlp + "W_out", width, neurons),
                bias(Place.vector(mlp + "b_out", width))));
    return new LayerPlaces(
        norm(prefix + "ln1", extents, normed),
        new AttentionPlaces(
            heads(attention, "Q", heads, width),
            heads(attention, "K", keys, width),
            heads(attention, "V", keys, width),
            new LinearPlace(output, bias(Place.vector(attention + "b_O", width))),
            null,
            null),
        attentionOnly ? null : norm(prefix + "ln2", extents, normed),
        attentionOnly ? null : mlpPlaces);
  }

  private LinearPlace heads(String attention, String letter, Units heads, Units width) {
    List<Long> shape = List.of((long) heads.stored(), width.storedSize(), (long) heads.width());
    Place bias =
        Place.vector(attention + "b_" + letter, heads)
            .withShape((long) heads.stored(), (long) heads.width());
    return new LinearPlace(
        new Place(attention + "W_" + letter, shape, Place.Form.HEADS, heads, width), bias(bias));
  }

  private @Nullable Place bias(Place place) {
    return exists.test(place.tensor()) ? place : null;
  }

  private static @Nullable NormPlace norm(String name, Extents extents, boolean normed) {
    return normed ? NormPlace.of(name, extents.width(), ".w", ".b") : null;
  }
}
