package ai.hartonomous.model.transformer;

import ai.hartonomous.tensor.Activation;
import ai.hartonomous.tensor.Norm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything that decides the function of a transformer except its weights: one description for
/// all families. Layers may differ in their number of heads and neurons, so a pruned model is an
/// ordinary model.
///
/// @param family name of the architecture a checkpoint claims, such as `llama`, `mistral`, `qwen2`,
///   `qwen3`, `gpt2`, `gpt_neox` or `toy_transformer`; decides tensor names in files, nothing here
/// @param extents widths and counts that all layers share
/// @param positions how a token knows its place
/// @param norm kind of normalisation, or null where the model has none
/// @param block what a layer computes
/// @param tied whether the output matrix is the token embedding
/// @param layers one entry for each layer
public record ModelConfig(
    String family,
    Extents extents,
    Positions positions,
    @Nullable NormConfig norm,
    Block block,
    boolean tied,
    List<LayerConfig> layers) {

  /// Copies the list.
  public ModelConfig {
    layers = List.copyOf(layers);
  }

  /// Extents that all layers share.
  ///
  /// @param width `D`, numbers in the residual stream
  /// @param headWidth `K`, numbers in one head
  /// @param vocabulary `V`, token ids the model reads
  /// @param outputs numbers it predicts for each token; equal to `vocabulary` in language models
  /// @param positions longest sequence
  public record Extents(int width, int headWidth, int vocabulary, int outputs, int positions) {}

  /// How a token knows its place.
  public sealed interface Positions {
    /// A learned vector for every position is added to the token's.
    record Learned() implements Positions {}

    /// Queries and keys are rotated.
    ///
    /// @param dims leading numbers of each head that are rotated; even
    /// @param inverseFrequencies radians per position after any scaling, `[dims/2]`
    /// @param theta base the frequencies came from, for writing the checkpoint again
    /// @param scaling the checkpoint's `rope_scaling` object as JSON text, or null
    record Rotated(int dims, double[] inverseFrequencies, double theta, @Nullable String scaling)
        implements Positions {}
  }

  /// Normalisation of the residual stream before attention, before the MLP and at the end.
  ///
  /// @param kind what a row is divided by
  /// @param epsilon added before the root
  public record NormConfig(Norm.Kind kind, float epsilon) {}

  /// What a layer computes.
  ///
  /// @param parallel whether attention and MLP both read the layer's input (GPT-NeoX) instead of
  ///   one after the other
  /// @param activation non-linearity of the MLP
  /// @param gated whether the MLP multiplies the activated gate with a second projection
  /// @param causal whether a token reads only what came before
  /// @param window how many positions back attention reads, itself included; 0 for all
  /// @param attentionScale multiplies attention scores
  public record Block(
      boolean parallel,
      Activation activation,
      boolean gated,
      boolean causal,
      int window,
      float attentionScale) {}

  /// Extents of one layer.
  ///
  /// @param keyHeadOf which key/value head each query head reads, `[H]`
  /// @param keyHeads `G`, number of key/value heads
  /// @param neurons `N`, width of the MLP; 0 where there is none
  public record LayerConfig(int[] keyHeadOf, int keyHeads, int neurons) {

    /// {@return a layer whose query heads share key/value heads in equal, consecutive groups}
    ///
    /// @param heads query heads
    /// @param keyHeads key/value heads; divides `heads`
    /// @param neurons width of the MLP
    public static LayerConfig grouped(int heads, int keyHeads, int neurons) {
      if (keyHeads < 1 || heads % keyHeads != 0) {
        throw new IllegalArgumentException(
            "%d key heads do not divide %d heads".formatted(keyHeads, heads));
      }
      int[] of = new int[heads];
      for (int h = 0; h < heads; h++) {
        of[h] = h / (heads / keyHeads);
      }
      return new LayerConfig(of, keyHeads, neurons);
    }

    /// {@return `H`, number of query heads}
    public int heads() {
      return keyHeadOf.length;
    }
  }

  /// {@return `D`}
  public int width() {
    return extents.width();
  }

  /// {@return number of components: attention heads and neurons of all layers}
  public int components() {
    return layers.stream().mapToInt(layer -> layer.heads() + layer.neurons()).sum();
  }

  /// {@return this description with other layers}
  ///
  /// @param changed the new layers
  public ModelConfig withLayers(List<LayerConfig> changed) {
    return new ModelConfig(family, extents, positions, norm, block, tied, changed);
  }
}
