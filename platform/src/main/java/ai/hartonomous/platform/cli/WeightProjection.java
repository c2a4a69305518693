package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.probe.ProbeTexts;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What the probe space has to beat: components embedded as random projections of the weights they
/// read with, into as many dimensions, and texts as the same projection of the mean values that
/// stand there, less those of the probe texts. A neuron reads with its row of the gate (or the
/// only) matrix, a head with the sum of its value rows.
final class WeightProjection {
  private final Transformer transformer;
  private final float[][] matrix; // [P, D]
  private final double[][] background; // residual and MLP input of each layer
  private final List<float[]> heads = new ArrayList<>();
  private final List<float[]> neurons = new ArrayList<>();

  WeightProjection(Transformer transformer, List<int[]> probes, long seed) {
    this.transformer = transformer;
    ModelConfig config = transformer.config();
    var random = new SplittableRandom(seed);
    matrix = new float[ProbeTexts.COUNT][config.width()];
    for (float[] row : matrix) {
      for (int d = 0; d < row.length; d++) {
        row[d] = (float) random.nextGaussian();
      }
    }
    background = means(probes);
    for (int l = 0; l < config.layers().size(); l++) {
      LayerConfig layer = config.layers().get(l);
      LayerWeights weights = transformer.model().weights().layers().get(l);
      for (int h = 0; h < layer.heads(); h++) {
        heads.add(values(weights.attention().value().weight(), layer.keyHeadOf()[h]));
      }
      Mlp mlp = weights.mlp();
      for (int n = 0; n < layer.neurons() && mlp != null; n++) {
        float[] row = new float[config.width()];
        (mlp.gate() == null ? mlp.up() : mlp.gate()).weight().readRow(n, row, 0);
        neurons.add(row);
      }
    }
  }

  private float[] values(Weight weight, int keyHead) {
    int k = transformer.config().extents().headWidth();
    float[] row = new float[weight.cols()];
    float[] sum = new float[weight.cols()];
    for (int i = keyHead * k; i < (keyHead + 1) * k; i++) {
      weight.readRow(i, row, 0);
      for (int d = 0; d < sum.length; d++) {
        sum[d] += row[d];
      }
    }
    return sum;
  }

  /// {@return mean residual before each layer, then mean MLP input of each layer}
  private double[][] means(List<int[]> texts) {
    int layers = transformer.config().layers().size();
    double[][] sums = new double[2 * layers][transformer.config().width()];
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    for (int[] ids : texts) {
      transformer.forward(
          Batch.of(ids),
          trace,
          (point, rows) -> {
            if (point.site() != Site.RESIDUAL_BEFORE && point.site() != Site.MLP_INPUT) {
              return;
            }
            int at = point.site() == Site.MLP_INPUT ? layers + point.layer() : point.layer();
            for (int t = 0; t < rows.rows(); t++) {
              for (int d = 0; d < rows.cols(); d++) {
                sums[at][d] += rows.at(t, d) / ((double) rows.rows() * texts.size());
              }
            }
          });
    }
    return sums;
  }

  /// {@return cosine of every component with texts: heads of all layers, then neurons}
  double[] cosines(List<int[]> texts) {
    double[][] means = means(texts);
    List<LayerConfig> layers = transformer.config().layers();
    double[] cosines = new double[heads.size() + neurons.size()];
    int head = 0;
    int neuron = 0;
    for (int l = 0; l < layers.size(); l++) {
      double[] residual = projected(difference(means[l], background[l]));
      double[] input =
          projected(difference(means[layers.size() + l], background[layers.size() + l]));
      for (int h = 0; h < layers.get(l).heads(); h++) {
        cosines[head] = cosine(projected(heads.get(head)), residual);
        head++;
      }
      for (int n = 0; n < layers.get(l).neurons(); n++) {
        cosines[heads.size() + neuron] = cosine(projected(neurons.get(neuron)), input);
        neuron++;
      }
    }
    return cosines;
  }

  private static float[] difference(double[] a, double[] b) {
    float[] difference = new float[a.length];
    for (int d = 0; d < a.length; d++) {
      difference[d] = (float) (a[d] - b[d]);
    }
    return difference;
  }

  private double[] projected(float[] vector) {
    double[] result = new double[matrix.length];
    for (int p = 0; p < result.length; p++) {
      for (int d = 0; d < vector.length; d++) {
        result[p] += (double) matrix[p][d] * vector[d];
      }
    }
    return result;
  }

  private static double cosine(double[] a, double[] b) {
    double product = 0;
    double aa = 0;
    double bb = 0;
    for (int p = 0; p < a.length; p++) {
      product += a[p] * b[p];
      aa += a[p] * a[p];
      bb += b[p] * b[p];
    }
    return aa == 0 || bb == 0 ? 0 : product / Math.sqrt(aa * bb);
  }
}
