package ai.hartonomous.distill.importance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.MeanAblation;
import ai.hartonomous.interpret.circuit.Resampling.Interval;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ItemEffectsTest {
  private static final long SEED = Long.getLong("test.seed", 31);

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
  void exactEffectIsTheLossWithoutAComponentLessTheLossWithIt(Tiny.Named named)
      throws InterruptedException {
    Model model = named.model();
    var transformer = new Transformer(model, kernels);
    List<Example> examples = TinyItems.of(model, 5, SEED);
    ComponentMeans means = ComponentMeans.measure(transformer, examples);
    var components = new Components(model.config());
    int last = components.count() - 1;

    ItemEffects effects = new AblationImportance(transformer).effects(examples, means, 0, last);

    var meter = new AnswerMeter(transformer);
    double[] clean = meter.measure(examples, Hooks.NONE).losses();
    for (int c : new int[] {0, last}) {
      Hooks ablation = MeanAblation.hooks(model.config(), without(model, components, c), means);
      double[] ablated = meter.measure(examples, ablation).losses();
      for (int i = 0; i < clean.length; i++) {
        assertThat(effects.effect(i, c)).isCloseTo(ablated[i] - clean[i], within(1e-5));
      }
    }
    for (int c = 1; c < last; c++) {
      assertThat(effects.effect(0, c)).isZero();
    }
  }

  /// In a cut state the effect of a component is the slope between its output and its mean, whether
  /// it is in place or not.
  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void effectsInACutStateAreSlopesOfThatState(Tiny.Named named) throws InterruptedException {
    Model model = named.model();
    var transformer = new Transformer(model, kernels);
    List<Example> examples = TinyItems.of(model, 6, SEED);
    ComponentMeans means = ComponentMeans.measure(transformer, examples);
    var components = new Components(model.config());
    boolean[] kept = new boolean[components.count()];
    for (int c = 0; c < kept.length; c++) {
      kept[c] = c % 3 != 1;
    }

    ItemEffects effects = new GradientImportance(transformer).effects(examples, means, kept);

    float step = 0x1p-7f;
    for (int c = 0; c < kept.length; c++) {
      float at = kept[c] ? 1 : 0;
      double[] up = losses(transformer, examples, means, kept, c, at + step);
      double[] down = losses(transformer, examples, means, kept, c, at - step);
      for (int i = 0; i < up.length; i++) {
        double expected = -(up[i] - down[i]) / (2 * step);
        // Losses carry about 1e-6 of rounding, so slopes 1e-6 / step; the rest is third-order.
        assertThat(effects.effect(i, c))
            .as("component %d", c)
            .isCloseTo(expected, within(4e-3 + 0.02 * Math.abs(expected)));
      }
    }
  }

  @Test
  void bootstrapIntervalsHoldTheScore() throws InterruptedException {
    Model model = Tiny.gpt2(SEED);
    ItemEffects effects = gradients(model, 60);
    double[] scores = effects.components().flat(effects.absolute());

    for (int c = 0; c < scores.length; c++) {
      Interval interval = effects.bootstrap(c, 200, 1);

      assertThat(interval.value()).isCloseTo(scores[c], within(1e-9));
      assertThat(interval.low()).isLessThanOrEqualTo(scores[c]);
      assertThat(interval.high()).isGreaterThanOrEqualTo(scores[c]);
    }
  }

  @Test
  void asManyComponentsAreAmongTheBestAsThereIsRoomFor() throws InterruptedException {
    Model model = Tiny.gpt2(SEED);
    ItemEffects effects = gradients(model, 60);

    double[] stability = effects.stability(0.5, 100, 1);

    assertThat(Arrays.stream(stability).sum()).isCloseTo(3 + 10, within(1e-9));
    assertThat(Arrays.stream(stability).max().orElseThrow()).isCloseTo(1, within(1e-9));
    assertThat(Arrays.stream(stability).filter(s -> s > 0.05 && s < 0.95).count()).isPositive();
  }

  private ItemEffects gradients(Model model, int items) throws InterruptedException {
    var transformer = new Transformer(model, kernels);
    List<Example> examples = TinyItems.of(model, items, SEED);
    ComponentMeans means = ComponentMeans.measure(transformer, examples);
    return new GradientImportance(transformer).effects(examples, means);
  }

  /// Losses with `kept` in place, the others at their means, but one component at `mean + share
  /// (output - mean)`.
  private static double[] losses(
      Transformer transformer,
      List<Example> examples,
      ComponentMeans means,
      boolean[] kept,
      int moved,
      float share)
      throws InterruptedException {
    var components = new Components(transformer.config());
    int k = transformer.config().extents().headWidth();
    Hooks hooks =
        (point, values) -> {
          boolean heads = point.site() == Site.HEAD_OUTPUT;
          if (!heads && point.site() != Site.NEURONS) {
            return;
          }
          ComponentMeans.Layer layer = means.layers().get(point.layer());
          float[] mean = heads ? layer.heads() : layer.neurons();
          for (int i = 0; i < mean.length; i++) {
            int c = number(components, point, heads ? i / k : i);
            float part = c == moved ? share : kept[c] ? 1 : 0;
            for (int r = 0; r < values.rows(); r++) {
              int at = values.rowOffset(r) + i;
              values.data()[at] = mean[i] + part * (values.data()[at] - mean[i]);
            }
          }
        };
    return new AnswerMeter(transformer).measure(examples, hooks).losses();
  }

  private static int number(Components components, HookPoint point, int place) {
    return point.site() == Site.HEAD_OUTPUT
        ? components.head(point.layer(), place)
        : components.neuron(point.layer(), place);
  }

  private static Keep without(Model model, Components components, int c) {
    List<Keep.Layer> layers = new ArrayList<>(Keep.all(model.config()).layers());
    int l = components.layer(c);
    int place = components.place(c);
    Keep.Layer all = layers.get(l);
    layers.set(
        l,
        components.isHead(c)
            ? new Keep.Layer(but(all.heads(), place), all.neurons())
            : new Keep.Layer(all.heads(), but(all.neurons(), place)));
    return new Keep(layers);
  }

  private static int[] but(int[] numbers, int place) {
    return IntStream.of(numbers).filter(n -> n != place).toArray();
  }
}
