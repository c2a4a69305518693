package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;
import java.util.List;

/// Scores from the sizes of activations, after one forward pass over the items.
public final class ActivationImportance {
  private final Transformer transformer;

  /// Measures on one model.
  ///
  /// @param transformer the model
  public ActivationImportance(Transformer transformer) {
    this.transformer = transformer;
  }

  /// Minitron's scores. With `x` the input of the projection that reads a neuron or head,
  ///
  /// ```
  /// channel j = sqrt( Σ_items ( mean_tokens |x_j| )² )       head = L2 over its channels
  /// ```
  ///
  /// in this order: absolute values, mean over the tokens of an item, root of the sum of squares
  /// over items. Scores are sums over items, so only those over equally many items compare. Heads
  /// are meant to be ranked inside the group that shares a key/value head. Source: Muralidharan et
  /// al., "Compact Language Models via Pruning and Knowledge Distillation", 2024, arXiv:2407.14679,
  /// section 2.2; the order of the aggregations as in NVIDIA Model-Optimizer.
  ///
  /// @param examples calibration items; at least one
  /// @return the scores
  /// @throws InterruptedException if the thread was interrupted between two batches
  public ComponentScores minitron(List<Example> examples) throws InterruptedException {
    Statistics statistics = statistics(examples);
    var components = new Components(transformer.config());
    double[] scores = new double[components.count()];
    statistics.addGrouped(components, scores, (_, _, absolute) -> absolute);
    for (int c = 0; c < scores.length; c++) {
      scores[c] = Math.sqrt(scores[c]);
    }
    return components.scores("activation", examples.size(), scores, new double[scores.length]);
  }

  /// Wanda's score of each weight, summed over all weights that read the component:
  ///
  /// ```
  /// Σ_j in component  Σ_i |W_ij| sqrt( r_j ),   r_j = mean_items Σ_tokens x_j²
  /// ```
  ///
  /// Source: Sun et al., "A Simple and Effective Pruning Approach for Large Language Models", 2023,
  /// arXiv:2306.11695, equation 1. Departs from it in that whole components are ranked, not the
  /// weights of one output row.
  ///
  /// @param examples calibration items; at least one
  /// @return the scores
  /// @throws InterruptedException if the thread was interrupted between two batches
  public ComponentScores wanda(List<Example> examples) throws InterruptedException {
    Statistics statistics = statistics(examples);
    var components = new Components(transformer.config());
    double[] scores = new double[components.count()];
    statistics.addGrouped(
        components, scores, (norm, square, _) -> norm * Math.sqrt(square / examples.size()));
    return components.scores("wanda", examples.size(), scores, new double[scores.length]);
  }

  private Statistics statistics(List<Example> examples) throws InterruptedException {
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    var statistics = new Statistics();
    boolean causal = transformer.config().block().causal();
    for (ExampleBatch batch : ExampleBatch.pack(examples, GradientImportance.MAX_ROWS, causal)) {
      if (Thread.interrupted()) {
        throw new InterruptedException("measuring importance");
      }
      Hooks hooks = (point, values) -> statistics.at(batch, point, values);
      transformer.forward(batch.tokens(), trace, hooks);
    }
    return statistics;
  }

  private interface Channel {

    /// {@return what a channel adds to its component}
    ///
    /// @param norm sum of the absolute weights that read it
    /// @param square sum of its squares over all tokens
    /// @param absolute sum over items of the square of its mean absolute value
    double score(double norm, double square, double absolute);
  }

  /// Sums for every channel.
  private final class Statistics {
    private final double[][] headSquares;
    private final double[][] headAbsolutes;
    private final double[][] neuronSquares;
    private final double[][] neuronAbsolutes;

    Statistics() {
      int layers = transformer.config().layers().size();
      headSquares = new double[layers][];
      headAbsolutes = new double[layers][];
      neuronSquares = new double[layers][];
      neuronAbsolutes = new double[layers][];
      int width = transformer.config().extents().headWidth();
      for (int l = 0; l < layers; l++) {
        int heads = transformer.config().layers().get(l).heads() * width;
        int neurons = transformer.config().layers().get(l).neurons();
        headSquares[l] = new double[heads];
        headAbsolutes[l] = new double[heads];
        neuronSquares[l] = new double[neurons];
        neuronAbsolutes[l] = new double[neurons];
      }
    }

    void at(ExampleBatch batch, HookPoint point, Matrix values) {
      int l = point.layer();
      if (point.site() == Site.HEAD_OUTPUT) {
        add(batch, values, headSquares[l], headAbsolutes[l]);
      } else if (point.site() == Site.NEURONS) {
        add(batch, values, neuronSquares[l], neuronAbsolutes[l]);
      }
    }

    private void add(ExampleBatch batch, Matrix values, double[] squares, double[] absolutes) {
      double[] sums = new double[squares.length];
      for (int s = 0; s < batch.lengths().length; s++) {
        Arrays.fill(sums, 0);
        int length = batch.lengths()[s];
        for (int t = 0; t < length; t++) {
          int row = values.rowOffset(batch.firstRow(s) + t);
          for (int c = 0; c < sums.length; c++) {
            double x = values.data()[row + c];
            sums[c] += Math.abs(x);
            squares[c] += x * x;
          }
        }
        for (int c = 0; c < sums.length; c++) {
          double mean = sums[c] / length;
          absolutes[c] += mean * mean;
        }
      }
    }

    void addGrouped(Components components, double[] scores, Channel channel) {
      int width = transformer.config().extents().headWidth();
      for (int l = 0; l < headSquares.length; l++) {
        LayerWeights weights = transformer.model().weights().layers().get(l);
        double[] norms = columnNorms(weights.attention().output());
        for (int c = 0; c < norms.length; c++) {
          scores[components.head(l, c / width)] +=
              channel.score(norms[c], headSquares[l][c], headAbsolutes[l][c]);
        }
        if (weights.mlp() != null) {
          double[] down = columnNorms(weights.mlp().down());
          for (int c = 0; c < down.length; c++) {
            scores[components.neuron(l, c)] +=
                channel.score(down[c], neuronSquares[l][c], neuronAbsolutes[l][c]);
          }
        }
      }
    }
  }

  private static double[] columnNorms(Linear linear) {
    double[] norms = new double[linear.weight().cols()];
    float[] row = new float[norms.length];
    for (int r = 0; r < linear.weight().rows(); r++) {
      linear.weight().readRow(r, row, 0);
      for (int c = 0; c < row.length; c++) {
        norms[c] += Math.abs(row[c]);
      }
    }
    return norms;
  }
}
