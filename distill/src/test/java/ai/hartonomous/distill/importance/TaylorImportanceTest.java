package ai.hartonomous.distill.importance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.importance.TaylorImportance.Order;
import ai.hartonomous.distill.importance.WeightScores.Part;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TaylorImportanceTest {
  private static final long SEED = Long.getLong("test.seed", 23);
  private static final int LAYER = 1;

  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  static Stream<Tiny.Named> models() {
    return Tiny.all(SEED).stream().filter(n -> !n.name().equals("toy-attention-only"));
  }

  /// The derivative of each item's loss for every single weight of a head and of a neuron, by
  /// central differences.
  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void allOrdersAreSumsOverTheWeightsOfAComponent(Tiny.Named named) throws InterruptedException {
    Model model = named.model();
    var transformer = new Transformer(model, kernels);
    List<Example> examples = TinyItems.of(model, 4, SEED);
    var components = new Components(model.config());
    int head = components.head(LAYER, model.config().layers().get(LAYER).heads() - 1);
    int neuron = components.neuron(LAYER, 1);

    for (Order order : Order.values()) {
      double[] scores = components.flat(new TaylorImportance(transformer).measure(examples, order));
      for (int c : new int[] {head, neuron}) {
        double expected = 0;
        for (Line line : lines(model, components, c)) {
          expected += line.share() * byDifferences(line, transformer, examples, order);
        }
        // Losses carry about 1e-6 of rounding, so slopes 1e-6 / step; the rest is third-order.
        assertThat(scores[c])
            .as("%s of component %d", order, c)
            .isCloseTo(expected, within(5e-3 + 0.02 * expected));
      }
    }
  }

  @Test
  void magnitudeIsTheNormOfTheSameWeights() {
    Model model = Tiny.llama(SEED);
    var components = new Components(model.config());

    double[] scores = components.flat(BaselineImportance.magnitude(model));

    for (int c = 0; c < scores.length; c++) {
      double squares = 0;
      for (Line line : lines(model, components, c)) {
        for (int at : line.places()) {
          squares += line.share() * line.data()[at] * line.data()[at];
        }
      }
      assertThat(scores[c]).isCloseTo(Math.sqrt(squares), within(1e-5));
    }
  }

  /// A row or column of a matrix, and which part of it counts.
  private record Line(float[] data, int[] places, double share) {}

  private static List<Line> lines(Model model, Components components, int c) {
    int l = components.layer(c);
    int place = components.place(c);
    LayerConfig layer = model.config().layers().get(l);
    List<Line> lines = new ArrayList<>();
    if (!components.isHead(c)) {
      lines.addAll(some(model.weights().layers().get(l), Part.GATE, place, 1, 1));
      lines.addAll(some(model.weights().layers().get(l), Part.UP, place, 1, 1));
      lines.addAll(some(model.weights().layers().get(l), Part.DOWN, place, 1, 1));
      return lines;
    }
    int k = model.config().extents().headWidth();
    int keyHead = layer.keyHeadOf()[place];
    long readers = Arrays.stream(layer.keyHeadOf()).filter(g -> g == keyHead).count();
    lines.addAll(some(model.weights().layers().get(l), Part.QUERY, place, k, 1));
    lines.addAll(some(model.weights().layers().get(l), Part.OUTPUT, place, k, 1));
    lines.addAll(some(model.weights().layers().get(l), Part.KEY, keyHead, k, 1.0 / readers));
    lines.addAll(some(model.weights().layers().get(l), Part.VALUE, keyHead, k, 1.0 / readers));
    return lines;
  }

  private static List<Line> some(
      LayerWeights layer, Part part, int place, int width, double share) {
    Linear linear = part.of(layer);
    if (linear == null || !(linear.weight() instanceof Matrix weight)) {
      return List.of();
    }
    boolean columns = part == Part.OUTPUT || part == Part.DOWN;
    List<Line> lines = new ArrayList<>();
    for (int line = place * width; line < (place + 1) * width; line++) {
      int at = line;
      int count = columns ? weight.rows() : weight.cols();
      int[] places =
          IntStream.range(0, count)
              .map(i -> columns ? weight.rowOffset(i) + at : weight.rowOffset(at) + i)
              .toArray();
      lines.add(new Line(weight.data(), places, share));
    }
    return lines;
  }

  private static double byDifferences(
      Line line, Transformer transformer, List<Example> examples, Order order)
      throws InterruptedException {
    float step = 0x1p-7f;
    double sum = 0;
    double signed = 0;
    for (int at : line.places()) {
      float w = line.data()[at];
      line.data()[at] = w + step;
      double[] up = new AnswerMeter(transformer).measure(examples, Hooks.NONE).losses();
      line.data()[at] = w - step;
      double[] down = new AnswerMeter(transformer).measure(examples, Hooks.NONE).losses();
      line.data()[at] = w;
      double g = 0;
      double square = 0;
      for (int i = 0; i < up.length; i++) {
        double slope = (up[i] - down[i]) / (2 * step);
        g += slope / up.length;
        square += slope * slope / up.length;
      }
      signed += w * g;
      sum +=
          switch (order) {
            case FIRST -> Math.abs(w * g);
            case SECOND -> w * w * square;
            case MIXED -> Math.abs(w * g - 0.5 * w * w * square);
            case LINES -> 0;
          };
    }
    return order == Order.LINES ? Math.abs(signed) : sum;
  }
}
