package ai.hartonomous.interpret.circuit;

import ai.hartonomous.interpret.circuit.CircuitGraph.Source;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.List;

/// What all sources and neurons gave out in one pass of `R` tokens. As hooks it remembers a pass.
final class Activations implements Hooks {
  private final int rows;

  /// `[R, D]`.
  final float[] input;

  /// For each layer `[R, H K]`, before the output projection.
  final float[][] heads;

  /// For each layer `[R, D]`.
  final float[][] mlps;

  /// For each layer `[R, N]`.
  final float[][] neurons;

  Activations(ModelConfig config, int rows) {
    this.rows = rows;
    int layers = config.layers().size();
    input = new float[rows * config.width()];
    heads = new float[layers][];
    mlps = new float[layers][];
    neurons = new float[layers][];
    for (int l = 0; l < layers; l++) {
      int n = config.layers().get(l).neurons();
      heads[l] = new float[rows * config.layers().get(l).heads() * config.extents().headWidth()];
      mlps[l] = new float[n == 0 ? 0 : rows * config.width()];
      neurons[l] = new float[rows * n];
    }
  }

  int rows() {
    return rows;
  }

  @Override
  public void at(HookPoint point, Matrix values) {
    int l = point.layer();
    switch (point.site()) {
      case RESIDUAL_BEFORE -> copy(values, l == 0 ? input : NOTHING);
      case HEAD_OUTPUT -> copy(values, heads[l]);
      case MLP_OUTPUT -> copy(values, mlps[l]);
      case NEURONS -> copy(values, neurons[l]);
      default -> copy(values, NOTHING);
    }
  }

  private static final float[] NOTHING = {};

  private static void copy(Matrix values, float[] to) {
    System.arraycopy(values.data(), values.offset(), to, 0, to.length);
  }

  /// Adds the sums over rows of these activations to those of a single row.
  void addSums(Activations sums) {
    addSum(input, sums.input);
    for (int l = 0; l < heads.length; l++) {
      addSum(heads[l], sums.heads[l]);
      addSum(mlps[l], sums.mlps[l]);
      addSum(neurons[l], sums.neurons[l]);
    }
  }

  private static void addSum(float[] values, float[] sums) {
    for (int i = 0; i < values.length; i++) {
      sums[i % sums.length] += values[i];
    }
  }

  /// {@return `scale` times this single row, `count` times}
  Activations repeated(ModelConfig config, double scale, int count) {
    Activations all = new Activations(config, count);
    repeat(input, scale, all.input);
    for (int l = 0; l < heads.length; l++) {
      repeat(heads[l], scale, all.heads[l]);
      repeat(mlps[l], scale, all.mlps[l]);
      repeat(neurons[l], scale, all.neurons[l]);
    }
    return all;
  }

  private static void repeat(float[] row, double scale, float[] all) {
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) (row[i % row.length] * scale);
    }
  }

  /// Forms what every source adds to the residual stream, `[sources, R, D]`.
  float[] contributions(Model model, CircuitGraph graph, Kernels kernels) {
    int size = rows * model.config().width();
    List<Source> sources = graph.sources();
    float[] all = new float[Math.multiplyExact(sources.size(), size)];
    for (int u = 0; u < sources.size(); u++) {
      Source source = sources.get(u);
      switch (source.kind()) {
        case INPUT -> System.arraycopy(input, 0, all, u * size, size);
        case MLP -> System.arraycopy(mlps[source.layer()], 0, all, u * size, size);
        case HEAD -> {
          int d = model.config().width();
          Matrix out = new Matrix(all, u * size, rows, d, d, 1);
          addHead(
              model,
              source,
              Matrix.of(heads[source.layer()], rows, heads[source.layer()].length / rows),
              out,
              kernels);
        }
      }
    }
    return all;
  }

  /// Writes what one head adds to the residual stream, without the bias that all heads share.
  static void addHead(Model model, Source head, Matrix heads, Matrix out, Kernels kernels) {
    int k = model.config().extents().headWidth();
    int from = head.head() * k;
    LayerWeights layer = model.weights().layers().get(head.layer());
    if (!(layer.attention().output().weight() instanceof Matrix weight)) {
      throw new IllegalArgumentException("circuits need weights that are not quantised");
    }
    kernels.multiply(heads.cols(from, from + k), weight.cols(from, from + k).transposed(), out);
  }

  /// {@return hooks that set what the sources of one step give out to values between two passes}
  ///
  /// @param step the source whose layer step it is; all heads of a layer are one step
  /// @param from values at 0
  /// @param share 0 for this, 1 for `to`
  static Hooks between(Source step, Activations from, Activations to, double share) {
    Site site =
        switch (step.kind()) {
          case INPUT -> Site.RESIDUAL_BEFORE;
          case HEAD -> Site.HEAD_OUTPUT;
          case MLP -> Site.MLP_OUTPUT;
        };
    HookPoint at = new HookPoint(site, step.layer());
    return (point, values) -> {
      if (point.equals(at)) {
        mix(from.of(step), to.of(step), share, values);
      }
    };
  }

  private float[] of(Source step) {
    return switch (step.kind()) {
      case INPUT -> input;
      case HEAD -> heads[step.layer()];
      case MLP -> mlps[step.layer()];
    };
  }

  private static void mix(float[] from, float[] to, double share, Matrix values) {
    for (int i = 0; i < from.length; i++) {
      values.data()[values.offset() + i] = (float) (from[i] + share * (to[i] - from[i]));
    }
  }
}
