package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import org.jspecify.annotations.Nullable;

/// Adds up numbers of single weights to numbers of components: for a head its query rows and output
/// columns, and its part of the key and value rows, which all heads of a group share equally; for a
/// neuron its gate and up rows and its down column.
final class WeightScores {

  /// A matrix of a layer.
  enum Part {
    QUERY,
    KEY,
    VALUE,
    OUTPUT,
    GATE,
    UP,
    DOWN;

    /// {@return the matrix, or null where the layer has none}
    @Nullable Linear of(LayerWeights layer) {
      LayerWeights.Mlp mlp = layer.mlp();
      return switch (this) {
        case QUERY -> layer.attention().query();
        case KEY -> layer.attention().key();
        case VALUE -> layer.attention().value();
        case OUTPUT -> layer.attention().output();
        case GATE -> mlp == null ? null : mlp.gate();
        case UP -> mlp == null ? null : mlp.up();
        case DOWN -> mlp == null ? null : mlp.down();
      };
    }
  }

  /// Numbers of the weights of one matrix.
  interface Numbers {

    /// {@return a number for each weight, `[rows, cols]`, or null where there is no such matrix}
    double @Nullable [] of(int layer, Part part);
  }

  private final ModelConfig config;
  private final Components components;
  private final boolean lines;
  private final double[] scores;

  private WeightScores(ModelConfig config, boolean lines) {
    this.config = config;
    this.lines = lines;
    components = new Components(config);
    scores = new double[components.count()];
  }

  /// {@return the sum of the numbers of each component's weights}
  ///
  /// @param config the model
  /// @param numbers the numbers
  static double[] sums(ModelConfig config, Numbers numbers) {
    return new WeightScores(config, false).add(numbers);
  }

  /// {@return the same, but each row or column is added up first and its absolute value taken}
  ///
  /// @param config the model
  /// @param numbers the numbers
  static double[] lineSums(ModelConfig config, Numbers numbers) {
    return new WeightScores(config, true).add(numbers);
  }

  private double[] add(Numbers numbers) {
    for (int l = 0; l < components.layers(); l++) {
      for (Part part : Part.values()) {
        double[] all = numbers.of(l, part);
        if (all != null) {
          add(l, part, all);
        }
      }
    }
    return scores;
  }

  private void add(int l, Part part, double[] all) {
    int width = config.width();
    int count = all.length / width;
    boolean columns = part == Part.OUTPUT || part == Part.DOWN;
    for (int line = 0; line < count; line++) {
      double sum = 0;
      for (int i = 0; i < width; i++) {
        sum += columns ? all[i * count + line] : all[line * width + i];
      }
      addLine(l, part, line, lines ? Math.abs(sum) : sum);
    }
  }

  private void addLine(int l, Part part, int line, double sum) {
    int head = line / config.extents().headWidth();
    switch (part) {
      case QUERY, OUTPUT -> scores[components.head(l, head)] += sum;
      case GATE, UP, DOWN -> scores[components.neuron(l, line)] += sum;
      case KEY, VALUE -> addShared(l, head, sum);
    }
  }

  private void addShared(int l, int keyHead, double sum) {
    LayerConfig layer = config.layers().get(l);
    int readers = 0;
    for (int of : layer.keyHeadOf()) {
      readers += of == keyHead ? 1 : 0;
    }
    for (int h = 0; h < layer.heads(); h++) {
      if (layer.keyHeadOf()[h] == keyHead) {
        scores[components.head(l, h)] += sum / readers;
      }
    }
  }
}
