package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
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
  /// output columns of a head (keys and values are shared), gate and up rows and down columns of a
  /// neuron. Source: Ma, Fang and Wang, "LLM-Pruner", 2023, arXiv:2305.11627 (its L2 baseline).
  ///
  /// @param model the model
  /// @return the scores
  public static ComponentScores magnitude(Model model) {
    int width = model.config().extents().headWidth();
    List<ComponentScores.Layer> layers = new ArrayList<>();
    for (int l = 0; l < model.config().layers().size(); l++) {
      LayerConfig layer = model.config().layers().get(l);
      LayerWeights weights = model.weights().layers().get(l);
      double[] heads = new double[layer.heads()];
      double[] neurons = new double[layer.neurons()];
      addRows(weights.attention().query(), width, heads);
      addColumns(weights.attention().output(), width, heads);
      Mlp mlp = weights.mlp();
      if (mlp != null) {
        addRows(mlp.gate(), 1, neurons);
        addRows(mlp.up(), 1, neurons);
        addColumns(mlp.down(), 1, neurons);
      }
      layers.add(ComponentScores.Layer.exact(roots(heads), roots(neurons)));
    }
    return new ComponentScores("magnitude", 0, layers);
  }

  private static void addRows(@Nullable Linear linear, int rowsEach, double[] squares) {
    if (linear == null) {
      return;
    }
    Weight weight = linear.weight();
    float[] row = new float[weight.cols()];
    for (int r = 0; r < weight.rows(); r++) {
      weight.readRow(r, row, 0);
      for (float x : row) {
        squares[r / rowsEach] += (double) x * x;
      }
    }
  }

  private static void addColumns(Linear linear, int columnsEach, double[] squares) {
    Weight weight = linear.weight();
    float[] row = new float[weight.cols()];
    for (int r = 0; r < weight.rows(); r++) {
      weight.readRow(r, row, 0);
      for (int c = 0; c < row.length; c++) {
        squares[c / columnsEach] += (double) row[c] * row[c];
      }
    }
  }

  private static double[] roots(double[] squares) {
    double[] roots = new double[squares.length];
    for (int i = 0; i < roots.length; i++) {
      roots[i] = Math.sqrt(squares[i]);
    }
    return roots;
  }
}
