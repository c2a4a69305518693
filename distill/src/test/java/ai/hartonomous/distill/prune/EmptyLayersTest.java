package ai.hartonomous.distill.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.GgufWriter;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EmptyLayersTest {
  private static final long SEED = Long.getLong("test.seed", 23);
  private static final int LENGTH = 7;
  private static final Keep.Layer NOTHING = new Keep.Layer(new int[0], new int[0]);

  private final Kernels kernels = Kernels.of(1);

  @TempDir private Path folder;

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  static Stream<Tiny.Named> models() {
    return Tiny.all(SEED).stream();
  }

  static Stream<Tiny.Named> families() {
    return models().filter(named -> !named.name().startsWith("toy"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void aLayerWithoutComponentsLeavesTheSameFunction(Tiny.Named named) throws InterruptedException {
    Model four = doubled(named.model());
    for (List<Integer> gone :
        List.of(List.of(3), List.of(1), List.of(1, 2), List.of(1, 3), List.of(0), List.of(0, 2))) {
      Keep keep = without(four.config(), gone);
      Model pruned = Pruner.prune(four, keep, means(four));

      Model fewer = EmptyLayers.remove(pruned, keep);

      boolean stays = gone.contains(0) && isStuck(four.config());
      assertThat(fewer.config().layers()).as("%s", gone).hasSize(4 - gone.size() + (stays ? 1 : 0));
      assertThat(fewer.weights().layers()).hasSameSizeAs(fewer.config().layers());
      // Constants are added in another order; logits here are below 100.
      assertThat(logits(fewer)).as("%s", gone).containsExactly(logits(pruned), within(2e-4f));
    }
  }

  /// Rotated positions, and the output matrix is the embedding: no place below the first layer.
  private static boolean isStuck(ModelConfig config) {
    return config.tied() && !(config.positions() instanceof ModelConfig.Positions.Learned);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void removingALayerThatAddsAConstantChangesNoLogit(Tiny.Named named) throws InterruptedException {
    Model model = constantLayer(doubled(named.model()), 2);
    Keep keep = without(model.config(), List.of(2));

    Model fewer = EmptyLayers.remove(Pruner.prune(model, keep, means(model)), keep);

    assertThat(fewer.config().layers()).hasSize(3);
    assertThat(logits(fewer)).containsExactly(logits(model), within(1e-5f));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("families")
  void foldersAndGgufFilesHaveFewerLayers(Tiny.Named named)
      throws IOException, InterruptedException {
    Model model = doubled(named.model());
    Keep keep = withBlocksOnly(model.config());
    Model fewer = EmptyLayers.remove(Pruner.prune(model, keep, means(model)), keep);
    Path hub = folder.resolve("hub");
    Path gguf = folder.resolve("model.gguf");

    HuggingFaceWriter.write(fewer, hub, Dtype.F32, null);
    GgufWriter.write(fewer, gguf, Dtype.F32, null);

    String config = Files.readString(hub.resolve("config.json"));
    assertThat(config).containsPattern("\"(num_hidden_layers|n_layer)\" ?: ?3");
    for (Path path : List.of(hub, gguf)) {
      Model read = load(path);
      assertThat(read.config().components()).isEqualTo(keep.components());
      assertThat(read.config().layers()).hasSize(3);
      assertThat(read.config().layers().get(1).neurons()).isZero();
      assertThat(read.config().layers().get(2).heads()).isZero();
      assertThat(logits(read)).containsExactly(logits(fewer), within(1e-5f));
    }
  }

  @Test
  void constantsGoToTheNearestLayerBelow() {
    int[] remaining = {1, 4};

    assertThat(EmptyLayers.foldedInto(remaining, 7, -1)).containsExactly(0);
    assertThat(EmptyLayers.foldedInto(remaining, 7, 1)).containsExactly(2, 3);
    assertThat(EmptyLayers.foldedInto(remaining, 7, 4)).containsExactly(5, 6);
  }

  @Test
  void oneLayerStaysWhereNothingIsLeft() throws InterruptedException {
    Model model = doubled(Tiny.gpt2(SEED));
    Keep keep = without(model.config(), List.of(0, 1, 2, 3));
    Model pruned = Pruner.prune(model, keep, means(model));

    Model fewer = EmptyLayers.remove(pruned, keep);

    assertThat(fewer.config().layers()).hasSize(1);
    assertThat(logits(fewer)).containsExactly(logits(pruned), within(2e-4f));
  }

  @Test
  void refusesAModelThatIsNotWhatWasKept() {
    Model model = Tiny.llama(SEED);
    Keep keep = without(model.config(), List.of(1));

    assertThatThrownBy(() -> EmptyLayers.remove(model, keep))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("layer 1");
    assertThatThrownBy(() -> EmptyLayers.inSource(model.config(), new Keep(List.of(NOTHING))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 layers");
  }

  /// The layers twice, so that there are four.
  private static Model doubled(Model model) {
    List<LayerConfig> layers = new ArrayList<>(model.config().layers());
    layers.addAll(model.config().layers());
    List<LayerWeights> weights = new ArrayList<>(model.weights().layers());
    weights.addAll(model.weights().layers());
    return with(model, layers, weights);
  }

  private static Model with(Model model, List<LayerConfig> layers, List<LayerWeights> weights) {
    Weights w = model.weights();
    return new Model(
        model.config().withLayers(layers),
        new Weights(w.tokens(), w.positions(), weights, w.finalNorm(), w.output()));
  }

  /// A layer whose blocks put out the same for every token.
  private Model constantLayer(Model model, int layer) throws InterruptedException {
    Keep keep = without(model.config(), List.of(layer));
    Model pruned = Pruner.prune(model, keep, means(model));
    List<LayerConfig> layers = new ArrayList<>(model.config().layers());
    List<LayerWeights> weights = new ArrayList<>(model.weights().layers());
    layers.set(layer, pruned.config().layers().get(layer));
    weights.set(layer, pruned.weights().layers().get(layer));
    return with(model, layers, weights);
  }

  private static Keep without(ModelConfig config, List<Integer> gone) {
    List<Keep.Layer> layers = new ArrayList<>(Keep.all(config).layers());
    gone.forEach(l -> layers.set(l, NOTHING));
    return new Keep(layers);
  }

  /// Layer 1 goes; of layer 2 the attention stays, of layer 3 the MLP.
  private static Keep withBlocksOnly(ModelConfig config) {
    List<Keep.Layer> layers = new ArrayList<>(without(config, List.of(1)).layers());
    layers.set(2, new Keep.Layer(layers.get(2).heads(), new int[0]));
    layers.set(3, new Keep.Layer(new int[0], layers.get(3).neurons()));
    return new Keep(layers);
  }

  private ComponentMeans means(Model model) throws InterruptedException {
    Batch batch = batch(model);
    List<Example> examples =
        IntStream.range(0, batch.sequences())
            .mapToObj(
                s ->
                    new Example(
                        Arrays.copyOfRange(batch.ids(), s * LENGTH, (s + 1) * LENGTH),
                        new int[LENGTH]))
            .toList();
    return ComponentMeans.measure(new Transformer(model, kernels), examples);
  }

  private float[] logits(Model model) {
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    Matrix logits = transformer.forward(batch(model), trace, Hooks.NONE);
    return Arrays.copyOf(logits.data(), logits.rows() * logits.cols());
  }

  private static Batch batch(Model model) {
    int[] ids =
        new SplittableRandom(SEED)
            .ints(3L * LENGTH, 0, model.config().extents().vocabulary())
            .toArray();
    return new Batch(ids, 3, LENGTH);
  }

  private static Model load(Path path) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(path)) {
      return checkpoint.load();
    }
  }
}
