package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/// Mean output of every component over all tokens of the calibration items: what a removed
/// component is replaced with.
///
/// @param layers one entry for each layer
public record ComponentMeans(List<Layer> layers) {

  /// Copies the list.
  public ComponentMeans {
    layers = List.copyOf(layers);
  }

  /// Means of one layer. `H` heads of width `K`, `N` neurons.
  ///
  /// @param heads mean output of each head, `[H, K]`
  /// @param neurons mean activation of each neuron, `[N]`
  public record Layer(float[] heads, float[] neurons) {}

  /// Measures the means with forward passes.
  ///
  /// @param transformer the model
  /// @param examples calibration items; every token of them counts, filling does not
  /// @return the means
  /// @throws InterruptedException if the thread was interrupted between two batches
  public static ComponentMeans measure(Transformer transformer, List<Example> examples)
      throws InterruptedException {
    ModelConfig config = transformer.config();
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    var sums = new Sums(config);
    for (ExampleBatch batch :
        ExampleBatch.pack(examples, GradientImportance.MAX_ROWS, config.block().causal())) {
      if (Thread.interrupted()) {
        throw new InterruptedException("measuring means");
      }
      sums.batch = batch;
      transformer.forward(batch.tokens(), trace, sums);
    }
    return sums.means(examples.stream().mapToLong(Example::length).sum());
  }

  /// Adds up what passes the hook points, in double precision.
  private static final class Sums implements Hooks {
    private final double[][] heads;
    private final double[][] neurons;
    private ExampleBatch batch = ExampleBatch.of(List.of(new Example(new int[1], new int[1])), 0);

    Sums(ModelConfig config) {
      int width = config.extents().headWidth();
      heads = new double[config.layers().size()][];
      neurons = new double[heads.length][];
      for (int l = 0; l < heads.length; l++) {
        LayerConfig layer = config.layers().get(l);
        heads[l] = new double[layer.heads() * width];
        neurons[l] = new double[layer.neurons()];
      }
    }

    @Override
    public void at(HookPoint point, Matrix values) {
      switch (point.site()) {
        case HEAD_OUTPUT -> add(values, heads[point.layer()]);
        case NEURONS -> add(values, neurons[point.layer()]);
        default -> {}
      }
    }

    private void add(Matrix values, double[] sums) {
      for (int s = 0; s < batch.lengths().length; s++) {
        for (int t = 0; t < batch.lengths()[s]; t++) {
          int row = values.rowOffset(batch.firstRow(s) + t);
          for (int c = 0; c < sums.length; c++) {
            sums[c] += values.data()[row + c];
          }
        }
      }
    }

    ComponentMeans means(long rows) {
      var layers = new ArrayList<Layer>();
      for (int l = 0; l < heads.length; l++) {
        layers.add(new Layer(divided(heads[l], rows), divided(neurons[l], rows)));
      }
      return new ComponentMeans(layers);
    }

    private static float[] divided(double[] sums, long rows) {
      float[] means = new float[sums.length];
      for (int c = 0; c < means.length; c++) {
        means[c] = (float) (sums[c] / rows);
      }
      return means;
    }
  }
}
