package ai.hartonomous.distill.importance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.MeanAblation;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IntegratedImportanceTest {
  private static final long SEED = Long.getLong("test.seed", 29);

  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  static Stream<Tiny.Named> models() {
    return Tiny.all(SEED).stream();
  }

  /// The effects of a layer's heads, and of its neurons, add up to what replacing all of them does.
  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void effectsOfASetAddUpToItsAblation(Tiny.Named named) throws InterruptedException {
    Model model = named.model();
    var transformer = new Transformer(model, kernels);
    List<Example> examples = TinyItems.of(model, 6, SEED);
    ComponentMeans means = ComponentMeans.measure(transformer, examples);

    ItemEffects effects = new IntegratedImportance(transformer, 64).effects(examples, means);

    var meter = new AnswerMeter(transformer);
    double[] clean = meter.measure(examples, Hooks.NONE).losses();
    for (int l = 0; l < model.config().layers().size(); l++) {
      for (boolean heads : new boolean[] {true, false}) {
        Keep keep = without(model, l, heads);
        Hooks ablation = MeanAblation.hooks(model.config(), keep, means);
        double[] ablated = meter.measure(examples, ablation).losses();
        for (int i = 0; i < clean.length; i++) {
          double sum = 0;
          for (int c = 0; c < effects.components().count(); c++) {
            boolean inSet =
                effects.components().layer(c) == l && effects.components().isHead(c) == heads;
            sum += inSet ? effects.effect(i, c) : 0;
          }
          double expected = ablated[i] - clean[i];
          // The midpoint rule is wrong by a share of the third derivative over 64².
          assertThat(sum).isCloseTo(expected, within(2e-3 + 0.005 * Math.abs(expected)));
        }
      }
    }
  }

  @Test
  void refusesNoSteps() {
    var transformer = new Transformer(Tiny.llama(SEED), kernels);

    assertThatThrownBy(() -> new IntegratedImportance(transformer, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Keep without(Model model, int layer, boolean heads) {
    List<Keep.Layer> layers = new ArrayList<>(Keep.all(model.config()).layers());
    Keep.Layer all = layers.get(layer);
    layers.set(
        layer,
        heads
            ? new Keep.Layer(new int[0], all.neurons())
            : new Keep.Layer(all.heads(), new int[0]));
    return new Keep(layers);
  }
}
