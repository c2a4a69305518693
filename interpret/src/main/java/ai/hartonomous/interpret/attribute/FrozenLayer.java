package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/// What is held fixed in one layer. `T` tokens, `H` heads, `D` width.
///
/// @param pattern attention weights `[H, T, T]`, query before key
/// @param attentionScale 1 / denominator of the norm before attention `[T]`; 1 without a norm
/// @param mlpScale 1 / denominator of the norm before the MLP `[T]`; 1 without a norm
/// @param mlp what the MLP read and wrote, or null where the layer has none
record FrozenLayer(
    float[] pattern, float[] attentionScale, float[] mlpScale, @Nullable FrozenMlp mlp) {

  /// One MLP, split into what the coder explains and what it does not.
  ///
  /// @param coder predicts it, or null: then all of its output is error
  /// @param active active latents of every position; none at leading positions
  /// @param input what the MLP read `[T, D]`, after the norm
  /// @param output what the MLP wrote `[T, D]`
  /// @param error output less reconstruction `[T, D]`; at leading positions features are in it
  /// @param skip what the skip path writes `[T, D]`, or null where that is followed or absent
  record FrozenMlp(
      @Nullable SparseCoder coder,
      Latents active,
      Matrix input,
      Matrix output,
      Matrix error,
      @Nullable Matrix skip) {

    /// {@return the coder's numbers, or null}
    @Nullable CoderWeights weights() {
      return coder == null ? null : coder.weights();
    }

    /// {@return `W_skip` `[D, D]` where effects pass through it, or null}
    @Nullable Matrix followedSkip() {
      return coder == null || skip != null ? null : coder.weights().skip();
    }
  }
}
