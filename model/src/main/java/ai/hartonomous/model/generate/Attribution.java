package ai.hartonomous.model.generate;

import ai.hartonomous.model.generate.Explanation.Coded;
import ai.hartonomous.model.generate.Explanation.Component;
import ai.hartonomous.model.generate.Explanation.Contribution;
import ai.hartonomous.model.generate.Explanation.Kind;
import ai.hartonomous.model.generate.Explanation.Rest;
import ai.hartonomous.model.generate.Steering.Added;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.tensor.Norm;
import ai.hartonomous.tensor.Weight;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the components of one model wrote for one row of its last pass, and from that what each of
/// them adds to a logit. All of it is linear in the row of the output matrix, which is therefore
/// scaled by the model's weight once.
final class Attribution {

  private final Model model;
  private final int number;
  private final double weight;
  private final List<Added> added;
  private final CodedLayers coded;
  private final float[] embedding;
  private final float[] residual;
  private final float[][] heads;
  private final float[][] neurons;

  /// Prepares.
  ///
  /// @param model whose components
  /// @param number of the model among those that are mixed
  /// @param weight of its logits in those that are explained
  /// @param added what is added to outputs of its MLPs
  /// @param coded its layers with transcoders
  /// @throws IllegalArgumentException if the model has no layers
  Attribution(Model model, int number, double weight, List<Added> added, CodedLayers coded) {
    ModelConfig config = model.config();
    if (config.layers().isEmpty()) {
      throw new IllegalArgumentException("a model without layers has no components");
    }
    this.model = model;
    this.number = number;
    this.weight = weight;
    this.added = added;
    this.coded = coded;
    embedding = new float[config.width()];
    residual = new float[config.width()];
    int layers = config.layers().size();
    heads = new float[layers][];
    neurons = new float[layers][];
    for (int l = 0; l < layers; l++) {
      heads[l] = new float[config.layers().get(l).heads() * config.extents().headWidth()];
      neurons[l] = new float[coded.has(l) ? 0 : config.layers().get(l).neurons()];
    }
  }

  /// {@return hooks that keep what MLPs write for one of the rows of a pass, before anything is
  /// added to it}
  ///
  /// @param row number of the row among all tokens of the pass
  Hooks outputs(int row) {
    return coded.of(row);
  }

  /// {@return hooks that keep what a pass computes for one of its rows}
  ///
  /// @param row number of the row among all tokens of the pass
  Hooks of(int row) {
    return (point, values) -> {
      int l = point.layer();
      if (point.site() == Site.HEAD_OUTPUT) {
        values.readRow(row, heads[l], 0);
      } else if (point.site() == Site.NEURONS && !coded.has(l)) {
        values.readRow(row, neurons[l], 0);
      } else if (point.site() == Site.RESIDUAL_BEFORE && l == 0) {
        values.readRow(row, embedding, 0);
      } else if (point.site() == Site.RESIDUAL_AFTER && l == heads.length - 1) {
        values.readRow(row, residual, 0);
      }
    };
  }

  /// What all parts of one kind add to a logit, while they are added up.
  private static final class Sums {
    private double heads;
    private double neurons;
    private double biases;
    private @Nullable Coded coded;

    private Sums(double biases, @Nullable Coded coded) {
      this.biases = biases;
      this.coded = coded;
    }
  }

  /// Adds what made the logit of a token to what is known of other models.
  ///
  /// @param id the token
  /// @param strongest the strongest components so far, changed here
  /// @return what all heads, all neurons, all features and the other parts add
  Rest collect(int id, Strongest strongest) {
    double[] unembedding = row(model.weights().output().weight(), id);
    double[] direction = direction(unembedding);
    double outer = weight * bias(model.weights().output(), id) + normBias(unembedding);
    var sums = new Sums(outer, coded.nothing());
    for (int l = 0; l < heads.length; l++) {
      LayerWeights layer = model.weights().layers().get(l);
      Linear output = layer.attention().output();
      sums.biases += dot(output.bias(), direction);
      var mixed = new Written(Kind.HEAD, l, model.config().extents().headWidth(), heads[l]);
      sums.heads += collect(mixed, readBack(output.weight(), direction), strongest);
      Mlp mlp = layer.mlp();
      if (coded.has(l)) {
        CodedLayers.Layer told = coded.collect(number, l, direction, strongest);
        sums.coded = told.coded().plus(sums.coded);
        sums.biases += told.bias();
      } else if (mlp != null) {
        sums.biases += dot(mlp.down().bias(), direction);
        var active = new Written(Kind.NEURON, l, 1, neurons[l]);
        sums.neurons += collect(active, readBack(mlp.down().weight(), direction), strongest);
      }
    }
    double steering = 0;
    for (Added each : added) {
      steering += dot(each.vector(), direction);
    }
    return new Rest(
        sums.heads, sums.neurons, dot(embedding, direction), sums.biases, steering, sums.coded);
  }

  /// What the components of one kind in a layer wrote, `width` numbers each, before the projection
  /// into the residual stream.
  private record Written(Kind kind, int layer, int width, float[] values) {}

  /// Keeps the strongest.
  ///
  /// @param read what each number that was written adds to the logit, for each 1 of it
  /// @return what all of them add
  private double collect(Written written, double[] read, Strongest strongest) {
    double sum = 0;
    for (int i = 0; i < read.length / written.width(); i++) {
      double logit = 0;
      for (int k = i * written.width(); k < (i + 1) * written.width(); k++) {
        logit += read[k] * written.values()[k];
      }
      sum += logit;
      var component = new Component(number, written.kind(), written.layer(), i);
      strongest.add(new Contribution(component, logit));
    }
    return sum;
  }

  /// {@return what each input of a projection adds to the direction: `Wᵀ direction`}
  private static double[] readBack(Weight weight, double[] direction) {
    double[] sums = new double[weight.cols()];
    float[] row = new float[weight.cols()];
    for (int i = 0; i < weight.rows(); i++) {
      weight.readRow(i, row, 0);
      for (int k = 0; k < row.length; k++) {
        sums[k] += direction[i] * row[k];
      }
    }
    return sums;
  }

  /// {@return what a number of the residual stream adds to the logit, with the norm's divisor as it
  /// is}
  private double[] direction(double[] unembedding) {
    Norm norm = model.weights().finalNorm();
    if (norm == null) {
      return unembedding;
    }
    int d = residual.length;
    boolean centred = norm.kind() == Norm.Kind.LAYER;
    double mean = centred ? mean(residual) : 0;
    double squares = 0;
    for (float x : residual) {
      squares += (x - mean) * (x - mean);
    }
    double divisor = Math.sqrt(squares / d + norm.epsilon());
    double[] direction = new double[d];
    double sum = 0;
    for (int i = 0; i < d; i++) {
      direction[i] = unembedding[i] * norm.gain()[i] / divisor;
      sum += direction[i];
    }
    if (centred) { // the mean that is subtracted is a sum of the parts' means
      for (int i = 0; i < d; i++) {
        direction[i] -= sum / d;
      }
    }
    return direction;
  }

  private double normBias(double[] unembedding) {
    Norm norm = model.weights().finalNorm();
    return norm == null ? 0 : dot(norm.bias(), unembedding);
  }

  private double[] row(Weight output, int row) {
    float[] values = new float[output.cols()];
    output.readRow(row, values, 0);
    double[] scaled = new double[values.length];
    Arrays.setAll(scaled, i -> weight * values[i]);
    return scaled;
  }

  private static double bias(Linear linear, int output) {
    float[] bias = linear.bias();
    return bias == null ? 0 : bias[output];
  }

  /// {@return the product; 0 where there is nothing}
  static double dot(float @Nullable [] a, double[] b) {
    double sum = 0;
    for (int i = 0; a != null && i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
