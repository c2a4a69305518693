package ai.hartonomous.model.transformer;

import ai.hartonomous.tensor.Norm;
import ai.hartonomous.tensor.Weight;
import org.jspecify.annotations.Nullable;

/// Weights of one layer. Linear maps are `[outputs, inputs]`. Letters: `D` width, `H` query heads,
/// `G` key/value heads, `K` head width, `N` neurons.
///
/// @param attentionNorm before attention, or null
/// @param attention projections of the attention
/// @param mlpNorm before the MLP, or null where there is none
/// @param mlp projections of the MLP; null where the layer has none
public record LayerWeights(
    @Nullable Norm attentionNorm, Attention attention, @Nullable Norm mlpNorm, @Nullable Mlp mlp) {

  /// A linear map with an optional bias.
  ///
  /// @param weight `[outputs, inputs]`
  /// @param bias `[outputs]`, or null
  public record Linear(Weight weight, float @Nullable [] bias) {}

  /// Projections of the attention.
  ///
  /// @param query `[H K, D]`
  /// @param key `[G K, D]`
  /// @param value `[G K, D]`
  /// @param output `[D, H K]`
  /// @param queryNorm over the `K` numbers of each query head (Qwen3), or null
  /// @param keyNorm over the `K` numbers of each key head (Qwen3), or null
  public record Attention(
      Linear query,
      Linear key,
      Linear value,
      Linear output,
      @Nullable Norm queryNorm,
      @Nullable Norm keyNorm) {}

  /// Projections of the MLP: `down(activation(up(x)))`, or `down(activation(gate(x)) * up(x))`.
  ///
  /// @param gate `[N, D]`, or null where the MLP is not gated
  /// @param up `[N, D]`
  /// @param down `[D, N]`
  public record Mlp(@Nullable Linear gate, Linear up, Linear down) {}
}
