package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.tensor.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Scores that look at no data, to compare others with.
public final class BaselineImportance {

  private BaselineImportance() {}

  /// {@return scores drawn uniformly from `[0, 1)`}
  ///
  /// @param config the model
  /// @param seed decides the scores
  public static ComponentScores random(ModelConfig config, long seed) {
    var random = new SplittableRandom(seed);
    List<ComponentScores.Layer> layers = new ArrayList<>();
    for (LayerConfig layer : config.layers()) {
      layers.add(
          ComponentScores.Layer.exact(
              random.doubles(layer.heads()).toArray(), random.doubles(layer.neurons()).toArray()));
    }
    return new ComponentScores("random", 0, layers);
  }

  /// Root of the sum of squares of all weights that go when the component goes: query rows and
  /// output columns of a head and its equal part of the key and value rows that it shares, gate and
  /// up rows and down columns of a neuron. Source: Ma, Fang and Wang, "LLM-Pruner", 2023,
  /// arXiv:2305.11627 (its L2 baseline).
  ///
  /// @param model the model
  /// @return the scores
  public static ComponentScores magnitude(Model model) {
    double[] scores =
        WeightScores.sums(
            model.config(), (l, part) -> squares(part.of(model.weights().layers().get(l))));
    for (int c = 0; c < scores.length; c++) {
      scores[c] = Math.sqrt(scores[c]);
    }
    return new Components(model.config()).scores("magnitude", 0, scores, new double[scores.length]);
  }

  private static double @Nullable [] squares(@Nullable Linear linear) {
    if (linear == null) {
      return null;
    }
    Weight weight = linear.weight();
    double[] squares = new double[weight.rows() * weight.cols()];
    float[] row = new float[weight.cols()];
    for (int r = 0; r < weight.rows(); r++) {
      weight.readRow(r, row, 0);
      for (int c = 0; c < row.length; c++) {
        squares[r * row.length + c] = (double) row[c] * row[c];
      }
    }
    return squares;
  }
}
