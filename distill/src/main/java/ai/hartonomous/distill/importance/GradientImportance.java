package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// First-order estimate of what replacing a component by its mean does to the loss of a capability:
///
/// ```
/// I(c) = 1/n Σ_i | Σ_t  ∂L_i/∂a_c(i,t) · (a_c(i,t) - m_c) |
/// ```
///
/// with `L_i` the mean cross-entropy in nats of item i's answer tokens, `a_c(i,t)` the component's
/// output at token t (the `K` numbers of a head, the one of a neuron), `m_c` its mean over all
/// tokens of the calibration items, and t over all tokens of the item: a component that works on
/// the prompt acts on the answer through attention.
///
/// Source: Molchanov et al., "Pruning Convolutional Neural Networks for Resource Efficient
/// Inference", 2017, arXiv:1611.06440, equation 8 (gradient times activation, absolute value per
/// example); Nanda, "Attribution Patching", 2023 (difference to a replacement value in place of the
/// activation itself). Departs from both in that the replacement is the mean, which is what pruning
/// later folds into the biases.
public final class GradientImportance {
  /// Most positions of a batch; bounds the memory of the backward pass.
  static final int MAX_ROWS = 1024;

  private final Transformer transformer;

  /// Measures on one model.
  ///
  /// @param transformer the model
  public GradientImportance(Transformer transformer) {
    this.transformer = transformer;
  }

  /// Measures every head and neuron with one forward and one backward pass over the items.
  ///
  /// @param examples calibration items; at least two for standard errors
  /// @param means means of the same model
  /// @return the scores with standard errors over items
  /// @throws InterruptedException if the thread was interrupted between two batches
  public ComponentScores measure(List<Example> examples, ComponentMeans means)
      throws InterruptedException {
    ModelConfig config = transformer.config();
    Trace trace = transformer.trace(Trace.Keep.TRAINING);
    var collector = new Collector(config, means);
    for (ExampleBatch batch : ExampleBatch.pack(examples, MAX_ROWS, config.block().causal())) {
      if (Thread.interrupted()) {
        throw new InterruptedException("measuring importance");
      }
      Matrix logits = transformer.forward(batch.tokens(), trace, collector::remember);
      batch.lossGradient(transformer.kernels(), logits);
      transformer.backward(
          trace, logits, null, (point, gradient) -> collector.collect(batch, point, gradient));
    }
    return collector.scores(examples.size());
  }

  /// Holds one batch's activations until their gradients arrive.
  private static final class Collector {
    private final int headWidth;
    private final ComponentMeans means;
    private final List<Tally> heads = new ArrayList<>();
    private final List<Tally> neurons = new ArrayList<>();

    Collector(ModelConfig config, ComponentMeans means) {
      this.headWidth = config.extents().headWidth();
      this.means = means;
      for (LayerConfig layer : config.layers()) {
        heads.add(new Tally(layer.heads()));
        neurons.add(new Tally(layer.neurons()));
      }
    }

    void remember(HookPoint point, Matrix values) {
      switch (point.site()) {
        case HEAD_OUTPUT -> heads.get(point.layer()).remember(values);
        case NEURONS -> neurons.get(point.layer()).remember(values);
        default -> {}
      }
    }

    void collect(ExampleBatch batch, HookPoint point, Matrix gradient) {
      ComponentMeans.Layer mean = means.layers().get(point.layer());
      switch (point.site()) {
        case HEAD_OUTPUT -> heads.get(point.layer()).add(batch, gradient, mean.heads(), headWidth);
        case NEURONS -> neurons.get(point.layer()).add(batch, gradient, mean.neurons(), 1);
        default -> {}
      }
    }

    ComponentScores scores(int items) {
      List<ComponentScores.Layer> layers = new ArrayList<>();
      for (int l = 0; l < heads.size(); l++) {
        layers.add(
            new ComponentScores.Layer(
                heads.get(l).means(items),
                heads.get(l).errors(items),
                neurons.get(l).means(items),
                neurons.get(l).errors(items)));
      }
      return new ComponentScores("gradient_times_deviation", items, layers);
    }
  }

  /// Sum and sum of squares over items of the effect of each component of one layer.
  private static final class Tally {
    private final double[] sum;
    private final double[] squares;
    private float[] activations = new float[0];

    Tally(int components) {
      sum = new double[components];
      squares = new double[components];
    }

    void remember(Matrix values) {
      int size = values.rows() * values.cols();
      if (activations.length < size) {
        activations = new float[size];
      }
      for (int r = 0; r < values.rows(); r++) {
        System.arraycopy(
            values.data(), values.rowOffset(r), activations, r * values.cols(), values.cols());
      }
    }

    void add(ExampleBatch batch, Matrix gradient, float[] mean, int width) {
      double[] effect = new double[sum.length];
      for (int s = 0; s < batch.lengths().length; s++) {
        Arrays.fill(effect, 0);
        for (int t = 0; t < batch.lengths()[s]; t++) {
          addToken(gradient, batch.firstRow(s) + t, mean, width, effect);
        }
        for (int c = 0; c < effect.length; c++) {
          sum[c] += Math.abs(effect[c]);
          squares[c] += effect[c] * effect[c];
        }
      }
    }

    private void addToken(Matrix gradient, int row, float[] mean, int width, double[] effect) {
      int g = gradient.rowOffset(row);
      int a = row * mean.length;
      for (int c = 0; c < effect.length; c++) {
        for (int i = c * width; i < (c + 1) * width; i++) {
          effect[c] += gradient.data()[g + i] * (double) (activations[a + i] - mean[i]);
        }
      }
    }

    double[] means(int items) {
      double[] means = new double[sum.length];
      for (int c = 0; c < means.length; c++) {
        means[c] = sum[c] / items;
      }
      return means;
    }

    double[] errors(int items) {
      double[] errors = new double[sum.length];
      for (int c = 0; c < errors.length && items > 1; c++) {
        double mean = sum[c] / items;
        double variance = Math.max(0, squares[c] / items - mean * mean) * items / (items - 1);
        errors[c] = Math.sqrt(variance / items);
      }
      return errors;
    }
  }
}
