package ai.hartonomous.distill.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrunerTest {
  private static final long SEED = Long.getLong("test.seed", 11);
  private static final int LENGTH = 7;

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
  void keepingEverythingChangesNothing(Tiny.Named named) throws InterruptedException {
    Model model = named.model();

    Model same = Pruner.prune(model, Keep.all(model.config()), means(model));

    assertThat(same.config().components()).isEqualTo(model.config().components());
    assertThat(logits(same, Hooks.NONE)).containsExactly(logits(model, Hooks.NONE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void prunedModelIsTheMeanAblatedModel(Tiny.Named named) throws InterruptedException {
    Model model = named.model();
    ComponentMeans means = means(model);
    Keep keep = someOf(model.config());

    Model pruned = Pruner.prune(model, keep, means);

    float[] expected = logits(model, MeanAblation.hooks(model.config(), keep, means));
    // Only the order of a few dozen float additions differs; logits here are below 100.
    assertThat(logits(pruned, Hooks.NONE)).containsExactly(expected, within(2e-4f));
    assertThat(pruned.config().components()).isEqualTo(keep.components());
    assertThat(pruned.weights().parameterCount()).isLessThan(model.weights().parameterCount());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void removingConstantComponentsChangesNoLogit(Tiny.Named named) throws InterruptedException {
    Keep keep = wholeGroupsOf(named.model().config());
    Model model = withConstants(named.model(), keep);

    Model pruned = Pruner.prune(model, keep, means(model));

    assertThat(logits(pruned, Hooks.NONE))
        .containsExactly(logits(model, Hooks.NONE), within(1e-5f));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void removingAnyConstantComponentAloneChangesNoLogit(Tiny.Named named)
      throws InterruptedException {
    ModelConfig config = named.model().config();
    Keep alive = wholeGroupsOf(config);
    Model model = withConstants(named.model(), alive);
    float[] expected = logits(model, Hooks.NONE);
    ComponentMeans means = means(model);
    int removed = 0;
    for (int l = 0; l < config.layers().size(); l++) {
      Keep.Layer all = Keep.all(config).layers().get(l);
      for (int head : without(all.heads(), alive.layers().get(l).heads())) {
        var less = new Keep.Layer(without(all.heads(), head), all.neurons());
        assertThat(logits(Pruner.prune(model, replaced(config, l, less), means), Hooks.NONE))
            .as("head %d of layer %d", head, l)
            .containsExactly(expected, within(1e-5f));
        removed++;
      }
      for (int neuron : without(all.neurons(), alive.layers().get(l).neurons())) {
        var less = new Keep.Layer(all.heads(), without(all.neurons(), neuron));
        assertThat(logits(Pruner.prune(model, replaced(config, l, less), means), Hooks.NONE))
            .as("neuron %d of layer %d", neuron, l)
            .containsExactly(expected, within(1e-5f));
        removed++;
      }
    }
    assertThat(removed).isGreaterThan(1);
  }

  private static int[] without(int[] numbers, int... gone) {
    return IntStream.of(numbers).filter(n -> IntStream.of(gone).noneMatch(g -> g == n)).toArray();
  }

  private static Keep replaced(ModelConfig config, int layer, Keep.Layer less) {
    List<Keep.Layer> layers = new ArrayList<>(Keep.all(config).layers());
    layers.set(layer, less);
    return new Keep(layers);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void everyComponentMayGo(Tiny.Named named) throws InterruptedException {
    Model model = named.model();
    Keep none =
        new Keep(
            model.config().layers().stream()
                .map(_ -> new Keep.Layer(new int[0], new int[0]))
                .toList());
    ComponentMeans means = means(model);

    Model pruned = Pruner.prune(model, none, means);

    assertThat(pruned.config().components()).isZero();
    float[] expected = logits(model, MeanAblation.hooks(model.config(), none, means));
    assertThat(logits(pruned, Hooks.NONE)).containsExactly(expected, within(2e-4f));
  }

  @Test
  void keyHeadGoesWithItsLastQueryHead() throws InterruptedException {
    Model model = Tiny.llama(SEED);
    LayerConfig first = model.config().layers().getFirst();
    int[] ofLastKeyHead =
        IntStream.range(0, first.heads())
            .filter(h -> first.keyHeadOf()[h] == first.keyHeads() - 1)
            .toArray();
    List<Keep.Layer> layers = new ArrayList<>(Keep.all(model.config()).layers());
    layers.set(0, new Keep.Layer(ofLastKeyHead, layers.getFirst().neurons()));

    Model pruned = Pruner.prune(model, new Keep(layers), means(model));

    LayerConfig cut = pruned.config().layers().getFirst();
    assertThat(first.keyHeads()).isGreaterThan(1);
    assertThat(cut.keyHeads()).isEqualTo(1);
    assertThat(cut.keyHeadOf()).containsOnly(0).hasSize(ofLastKeyHead.length);
    assertThat(pruned.weights().layers().getFirst().attention().key().weight().rows())
        .isEqualTo(model.config().extents().headWidth());
  }

  @Test
  void twoCutsAreOneCut() {
    var first = new Keep(List.of(new Keep.Layer(new int[] {0, 2, 3}, new int[] {1, 5, 8})));
    var second = new Keep(List.of(new Keep.Layer(new int[] {1, 2}, new int[] {0, 2})));

    Keep both = first.then(second);

    assertThat(both.layers().getFirst().heads()).containsExactly(2, 3);
    assertThat(both.layers().getFirst().neurons()).containsExactly(1, 8);
  }

  @Test
  void rejectsComponentsTheModelDoesNotHave() throws InterruptedException {
    Model model = Tiny.llama(SEED);
    ComponentMeans means = means(model);
    List<Keep.Layer> layers = new ArrayList<>(Keep.all(model.config()).layers());
    layers.set(1, new Keep.Layer(new int[] {0, 99}, new int[] {0}));
    var tooMany = new Keep(layers);

    assertThatThrownBy(() -> Pruner.prune(model, tooMany, means))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("head 99");
    assertThatThrownBy(() -> new Keep.Layer(new int[] {1, 1}, new int[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("heads: 1 after 1");
  }

  static ComponentMeans zeroMeans(ModelConfig config) {
    return new ComponentMeans(
        config.layers().stream()
            .map(
                layer ->
                    new ComponentMeans.Layer(
                        new float[layer.heads() * config.extents().headWidth()],
                        new float[layer.neurons()]))
            .toList());
  }

  private ComponentMeans means(Model model) throws InterruptedException {
    Batch batch = batch(model);
    List<Example> examples = new ArrayList<>();
    for (int s = 0; s < batch.sequences(); s++) {
      int[] ids = Arrays.copyOfRange(batch.ids(), s * LENGTH, (s + 1) * LENGTH);
      examples.add(new Example(ids, new int[LENGTH]));
    }
    return ComponentMeans.measure(new Transformer(model, kernels), examples);
  }

  private float[] logits(Model model, Hooks hooks) {
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    Matrix logits = transformer.forward(batch(model), trace, hooks);
    return Arrays.copyOf(logits.data(), logits.rows() * logits.cols());
  }

  private static Batch batch(Model model) {
    int[] ids =
        new SplittableRandom(SEED)
            .ints(3L * LENGTH, 0, model.config().extents().vocabulary())
            .toArray();
    return new Batch(ids, 3, LENGTH);
  }

  /// Every second head and every third neuron.
  private static Keep someOf(ModelConfig config) {
    return new Keep(
        config.layers().stream()
            .map(
                layer ->
                    new Keep.Layer(
                        IntStream.range(0, layer.heads()).filter(h -> h % 2 == 1).toArray(),
                        IntStream.range(0, layer.neurons()).filter(n -> n % 3 == 1).toArray()))
            .toList());
  }

  /// All heads of every second key/value head, and every third neuron.
  private static Keep wholeGroupsOf(ModelConfig config) {
    List<Keep.Layer> layers = new ArrayList<>();
    for (int l = 0; l < config.layers().size(); l++) {
      LayerConfig layer = config.layers().get(l);
      int[] heads =
          IntStream.range(0, layer.heads()).filter(h -> layer.keyHeadOf()[h] % 2 == 1).toArray();
      layers.add(new Keep.Layer(heads, someOf(config).layers().get(l).neurons()));
    }
    return new Keep(layers);
  }

  /// The same model, but whatever `keep` does not name has a constant output: values and neurons
  /// get rows of zeros and a bias.
  private static Model withConstants(Model model, Keep keep) {
    int k = model.config().extents().headWidth();
    List<LayerWeights> layers = new ArrayList<>();
    for (int l = 0; l < model.config().layers().size(); l++) {
      LayerConfig config = model.config().layers().get(l);
      LayerWeights old = model.weights().layers().get(l);
      Attention a = old.attention();
      boolean[] used = new boolean[config.keyHeads()];
      Arrays.stream(keep.layers().get(l).heads()).forEach(h -> used[config.keyHeadOf()[h]] = true);
      boolean[] values = new boolean[config.keyHeads() * k];
      for (int c = 0; c < values.length; c++) {
        values[c] = used[c / k];
      }
      boolean[] neurons = new boolean[config.neurons()];
      Arrays.stream(keep.layers().get(l).neurons()).forEach(n -> neurons[n] = true);
      Mlp mlp = old.mlp();
      layers.add(
          new LayerWeights(
              old.attentionNorm(),
              new Attention(
                  a.query(),
                  a.key(),
                  constant(a.value(), values),
                  a.output(),
                  a.queryNorm(),
                  a.keyNorm()),
              old.mlpNorm(),
              mlp == null
                  ? null
                  : new Mlp(
                      mlp.gate() == null ? null : constant(mlp.gate(), neurons),
                      constant(mlp.up(), neurons),
                      mlp.down())));
    }
    Weights w = model.weights();
    return new Model(
        model.config(), new Weights(w.tokens(), w.positions(), layers, w.finalNorm(), w.output()));
  }

  private static Linear constant(Linear linear, boolean[] alive) {
    int cols = linear.weight().cols();
    float[] weight = new float[alive.length * cols];
    float[] bias = linear.bias() == null ? new float[alive.length] : linear.bias().clone();
    for (int r = 0; r < alive.length; r++) {
      if (alive[r]) {
        linear.weight().readRow(r, weight, r * cols);
      } else {
        bias[r] += 0.1f * (r + 1);
      }
    }
    return new Linear(Matrix.of(weight, alive.length, cols), bias);
  }
}
