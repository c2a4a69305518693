package ai.hartonomous.distill.importance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Formulas once more, item by item, channel by channel.
class ActivationImportanceTest {
  private static final long SEED = Long.getLong("test.seed", 17);

  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  static Stream<Tiny.Named> models() {
    return Tiny.all(SEED).stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void minitronTakesMeansOverTokensThenRootsOverItems(Tiny.Named named)
      throws InterruptedException {
    Model model = named.model();
    List<Example> examples = TinyItems.of(model, 9, SEED);

    ComponentScores scores =
        new ActivationImportance(new Transformer(model, kernels)).minitron(examples);

    var components = new Components(model.config());
    double[] flat = components.flat(scores);
    for (int c = 0; c < flat.length; c++) {
      double squares = 0;
      for (Example example : examples) {
        for (float[] channel : channels(model, components, c, example)) {
          double mean = 0;
          for (float x : channel) {
            mean += Math.abs(x) / channel.length;
          }
          squares += mean * mean;
        }
      }
      assertThat(flat[c]).isCloseTo(Math.sqrt(squares), within(1e-5 * (1 + flat[c])));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void wandaIsAbsoluteWeightTimesNormOfItsInput(Tiny.Named named) throws InterruptedException {
    Model model = named.model();
    List<Example> examples = TinyItems.of(model, 9, SEED);

    ComponentScores scores =
        new ActivationImportance(new Transformer(model, kernels)).wanda(examples);

    var components = new Components(model.config());
    double[] flat = components.flat(scores);
    for (int c = 0; c < flat.length; c++) {
      int width = components.isHead(c) ? model.config().extents().headWidth() : 1;
      double expected = 0;
      for (int k = 0; k < width; k++) {
        double square = 0;
        for (Example example : examples) {
          for (float x : channels(model, components, c, example)[k]) {
            square += (double) x * x / examples.size();
          }
        }
        for (double w : column(model, components, c, components.place(c) * width + k)) {
          expected += Math.abs(w) * Math.sqrt(square);
        }
      }
      assertThat(flat[c]).isCloseTo(expected, within(1e-5 * (1 + expected)));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void layersScoreByHowFarTheyTurnTheStream(Tiny.Named named) throws InterruptedException {
    Model model = named.model();
    List<Example> examples = TinyItems.of(model, 9, SEED);

    double[] scores = new LayerImportance(new Transformer(model, kernels)).turning(examples);

    for (int l = 0; l < scores.length; l++) {
      double expected = 0;
      for (Example example : examples) {
        float[][] in = values(model, example, new HookPoint(Site.RESIDUAL_BEFORE, l));
        float[][] out = values(model, example, new HookPoint(Site.RESIDUAL_AFTER, l));
        double cosines = 0;
        for (int t = 0; t < in.length; t++) {
          cosines += dot(in[t], out[t]) / Math.sqrt(dot(in[t], in[t]) * dot(out[t], out[t]));
        }
        expected += 1 - cosines / in.length;
      }
      assertThat(scores[l]).isCloseTo(expected, within(1e-5 * examples.size()));
    }
  }

  private static double dot(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }

  private static double[] column(Model model, Components components, int c, int column) {
    var layer = model.weights().layers().get(components.layer(c));
    var mlp = layer.mlp();
    Weight weight =
        components.isHead(c) || mlp == null
            ? layer.attention().output().weight()
            : mlp.down().weight();
    double[] values = new double[weight.rows()];
    float[] row = new float[weight.cols()];
    for (int r = 0; r < values.length; r++) {
      weight.readRow(r, row, 0);
      values[r] = row[column];
    }
    return values;
  }

  /// {@return outputs of a component for one item alone, `[channels, T]`}
  private float[][] channels(Model model, Components components, int c, Example example) {
    boolean head = components.isHead(c);
    int width = head ? model.config().extents().headWidth() : 1;
    Site site = head ? Site.HEAD_OUTPUT : Site.NEURONS;
    float[][] rows = values(model, example, new HookPoint(site, components.layer(c)));
    float[][] channels = new float[width][example.length()];
    for (int k = 0; k < width; k++) {
      for (int t = 0; t < example.length(); t++) {
        channels[k][t] = rows[t][components.place(c) * width + k];
      }
    }
    return channels;
  }

  private float[][] values(Model model, Example example, HookPoint wanted) {
    List<float[][]> values = new ArrayList<>();
    var transformer = new Transformer(model, kernels);
    transformer.forward(
        Batch.of(example.ids()),
        transformer.trace(Trace.Keep.INFERENCE),
        (point, matrix) -> {
          if (point.equals(wanted)) {
            values.add(rows(matrix));
          }
        });
    return values.getFirst();
  }

  private static float[][] rows(Matrix matrix) {
    float[][] rows = new float[matrix.rows()][];
    for (int r = 0; r < rows.length; r++) {
      int at = matrix.rowOffset(r);
      rows[r] = Arrays.copyOfRange(matrix.data(), at, at + matrix.cols());
    }
    return rows;
  }
}
