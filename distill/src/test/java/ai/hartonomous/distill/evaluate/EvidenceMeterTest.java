package ai.hartonomous.distill.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.evaluate.Evidence.Part;
import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.importance.AnswerMeter.Answers;
import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.MeanAblation;
import ai.hartonomous.distill.prune.Pruner;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EvidenceMeterTest {
  private static final Kernels KERNELS = Kernels.of(1);

  private final EvidenceItems items = items(new SplittableRandom(5));

  @AfterAll
  static void closeKernels() {
    KERNELS.close();
  }

  static Stream<Tiny.Named> models() {
    return Tiny.all(8).stream()
        .filter(named -> named.model().config().block().causal())
        .filter(named -> !named.name().startsWith("toy"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void runsFromALayerUpwardsGiveWhatWholeRunsGive(Tiny.Named named) throws InterruptedException {
    Model model = named.model();
    var transformer = new Transformer(model, KERNELS);
    ComponentMeans means = ComponentMeans.measure(transformer, items.examples());
    var whole = new AnswerMeter(transformer);
    Answers clean = whole.measure(items.examples(), Hooks.NONE);
    Keep all = Keep.all(model.config());

    List<Part> parts = meter(model, all).parts(_ -> true, _ -> {});

    assertThat(parts).hasSize(all.components());
    for (Part part : parts) {
      Keep rest = without(model.config(), part.path());
      Hooks hooks = MeanAblation.hooks(model.config(), rest, means);
      double ablated = whole.measure(items.examples(), hooks).meanLoss();
      // Single precision rounds alike here; the losses are about 3 nats.
      assertThat(part.ablated().loss()).as(part.path()).isCloseTo(ablated, within(1e-5));
      assertThat(part.effect()).isCloseTo(ablated - clean.meanLoss(), within(1e-5));
      assertThat(part.interval().low()).isLessThanOrEqualTo(part.effect());
      assertThat(part.interval().high()).isGreaterThanOrEqualTo(part.effect());
    }
  }

  @Test
  void patchingRestoresWhatTheCleanRunPutOut() throws InterruptedException {
    // One head in all: with it restored nothing is replaced.
    var one = new Keep.Layer(new int[] {2}, new int[0]);
    Model single = cut(Tiny.llama(8), List.of(new Keep.Layer(new int[0], new int[0]), one));
    EvidenceMeter meter = meter(single, Keep.all(single.config()));

    List<Part> parts = meter.parts(_ -> true, _ -> {});

    double clean = meter.settings().clean().loss();
    double baseline = meter.settings().baseline().loss();
    assertThat(clean).isNotCloseTo(baseline, within(1e-4));
    assertThat(parts).hasSize(1);
    assertThat(parts.getFirst().patched().loss()).isCloseTo(clean, within(1e-5));
    assertThat(parts.getFirst().restored()).isCloseTo(baseline - clean, within(1e-5));
    assertThat(parts.getFirst().ablated().loss()).isCloseTo(baseline, within(1e-5));
  }

  @Test
  void aFigureDoesNotDependOnItsNeighbours() throws InterruptedException {
    Model model = Tiny.llama(8);
    EvidenceMeter meter = meter(model, Keep.all(model.config()));

    List<Part> all = meter.parts(_ -> true, _ -> {});
    List<Part> one = meter.parts(path -> path.equals("layers.1.neurons.3"), _ -> {});

    assertThat(one).hasSize(1);
    assertThat(all).contains(one.getFirst());
  }

  @Test
  void whatWasRemovedIsMeasuredInTheSource() throws InterruptedException {
    Model source = Tiny.llama(8);
    Keep.Layer half = new Keep.Layer(new int[] {0, 3}, new int[] {1, 4});
    var transformer = new Transformer(source, KERNELS);
    ComponentMeans means = ComponentMeans.measure(transformer, items.examples());
    Keep keep = new Keep(List.of(half, half));
    Model agent = Pruner.prune(source, keep, means);

    Evidence.Removed removed = meter(agent, keep).removed(source, items.examples());

    // Folding the means is what replacing by them does, so the cut model shows the same loss.
    assertThat(removed.components()).isEqualTo(source.config().components() - 8);
    assertThat(removed.ablated().loss())
        .isCloseTo(meter(agent, keep).settings().clean().loss(), within(1e-5));
    assertThat(removed.effect())
        .isCloseTo(removed.ablated().loss() - removed.clean().loss(), within(1e-9));
  }

  @Test
  void pathsNameTheSource() throws InterruptedException {
    Model source = Tiny.llama(8);
    Keep.Layer layer = new Keep.Layer(new int[] {1, 2}, new int[] {4});
    Keep keep = new Keep(List.of(layer, layer));
    Model agent = cut(source, List.of(layer, layer));

    List<Part> parts = meter(agent, keep).parts(_ -> true, _ -> {});

    assertThat(parts.stream().map(Part::path))
        .startsWith("layers.0.heads.1", "layers.0.heads.2", "layers.0.neurons.4");
    assertThat(parts.stream().map(Part::inAgent))
        .startsWith("layers.0.heads.0", "layers.0.heads.1", "layers.0.neurons.0");
  }

  @Test
  void intervalsCoverTheMeanAndAreRepeatable() {
    double[] values = new SplittableRandom(3).doubles(60, -1, 2).toArray();
    double mean = Arrays.stream(values).average().orElseThrow();

    Interval interval = new Interval.Bootstrap(60, 9).of(values);

    assertThat(interval.low()).isLessThan(mean);
    assertThat(interval.high()).isGreaterThan(mean);
    // The normal interval of a uniform on [-1, 2] with 60 items is the mean ± 0.22.
    assertThat(interval.high() - interval.low()).isBetween(0.3, 0.6);
    assertThat(new Interval.Bootstrap(60, 9).of(values)).isEqualTo(interval);
    assertThat(new Interval.Bootstrap(60, 10).of(values)).isNotEqualTo(interval);
    assertThat(new Interval.Bootstrap(3, 1).of(new double[] {2, 2, 2}))
        .isEqualTo(new Interval(2, 2));
  }

  private EvidenceMeter meter(Model model, Keep keep) throws InterruptedException {
    return new EvidenceMeter(KERNELS, model, keep, items, 4);
  }

  private Model cut(Model model, List<Keep.Layer> layers) throws InterruptedException {
    var transformer = new Transformer(model, KERNELS);
    ComponentMeans means = ComponentMeans.measure(transformer, items.examples());
    return Pruner.prune(model, new Keep(layers), means);
  }

  /// Everything but one component.
  private static Keep without(ModelConfig config, String path) {
    String[] words = path.split("\\.");
    int gone = Integer.parseInt(words[3]);
    List<Keep.Layer> layers = new ArrayList<>(Keep.all(config).layers());
    int l = Integer.parseInt(words[1]);
    Keep.Layer layer = layers.get(l);
    boolean head = words[2].equals("heads");
    layers.set(
        l,
        new Keep.Layer(
            head ? less(layer.heads(), gone) : layer.heads(),
            head ? layer.neurons() : less(layer.neurons(), gone)));
    return new Keep(layers);
  }

  private static int[] less(int[] from, int gone) {
    return IntStream.of(from).filter(i -> i != gone).toArray();
  }

  private static EvidenceItems items(SplittableRandom random) {
    List<String> ids = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int[] prompt = random.ints(random.nextInt(2, 7), 0, 17).toArray();
      examples.add(Example.of(prompt, random.ints(2, 0, 17).toArray()));
      ids.add("item-" + i);
    }
    return new EvidenceItems(ids, examples);
  }
}
