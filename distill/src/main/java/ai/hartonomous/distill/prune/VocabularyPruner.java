package ai.hartonomous.distill.prune;

import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Weight;
import org.jspecify.annotations.Nullable;

/// Removes rows of the token embedding and of the output matrix. The logits of the tokens that stay
/// are what they were; their probabilities grow by the share of those that went.
public final class VocabularyPruner {

  private VocabularyPruner() {}

  /// Removes the rows of every token that is not kept.
  ///
  /// @param model source; unchanged. What stays is shared with it, but for the pruned matrices
  /// @param kept ids that stay, ascending; the first becomes id 0, and so on
  /// @return the model with `kept.length` tokens
  /// @throws IllegalArgumentException if ids repeat, are out of order or unknown, or the model's
  ///   outputs are not its tokens
  public static Model prune(Model model, int[] kept) {
    ModelConfig config = model.config();
    Extents extents = config.extents();
    if (extents.outputs() != extents.vocabulary()) {
      throw new IllegalArgumentException("outputs of the model are not its tokens");
    }
    int last = -1;
    for (int id : kept) {
      if (id <= last || id >= extents.vocabulary()) {
        throw new IllegalArgumentException(
            "token %d after %d of %d".formatted(id, last, extents.vocabulary()));
      }
      last = id;
    }
    Weights weights = model.weights();
    Matrix tokens = rows(weights.tokens(), kept);
    Weight output = config.tied() ? tokens : rows(weights.output().weight(), kept);
    var smaller =
        new Extents(
            extents.width(), extents.headWidth(), kept.length, kept.length, extents.positions());
    return new Model(
        new ModelConfig(
            config.family(),
            smaller,
            config.positions(),
            config.norm(),
            config.block(),
            config.tied(),
            config.layers()),
        new Weights(
            tokens,
            weights.positions(),
            weights.layers(),
            weights.finalNorm(),
            new Linear(output, pick(weights.output().bias(), kept))));
  }

  private static Matrix rows(Weight weight, int[] kept) {
    Matrix smaller = Matrix.zeros(kept.length, weight.cols());
    for (int r = 0; r < kept.length; r++) {
      weight.readRow(kept[r], smaller.data(), r * weight.cols());
    }
    return smaller;
  }

  private static float @Nullable [] pick(float @Nullable [] from, int[] kept) {
    if (from == null) {
      return null;
    }
    float[] picked = new float[kept.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = from[kept[i]];
    }
    return picked;
  }
}
