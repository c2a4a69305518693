package ai.hartonomous.interpret.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.circuit.CircuitRuns.Prepared;
import ai.hartonomous.interpret.circuit.EdgeScorer.Rule;
import ai.hartonomous.interpret.circuit.EdgeScorer.Settings;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Trace.Keep;
import ai.hartonomous.model.transformer.Trace.Readers;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The laws of patching and of attribution, on small models of every family.
class CircuitRunsTest {
  private final Kernels kernels = Kernels.of(2);

  static Stream<Tiny.Named> models() {
    return Tiny.all(13).stream();
  }

  @AfterEach
  void close() {
    kernels.close();
  }

  private CircuitRuns runs(Model model, Corruption corruption, List<ContrastItem> items)
      throws InterruptedException {
    return new CircuitRuns(
        new Transformer(model, kernels), Metric.LOGIT_DIFFERENCE, corruption, items);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void allEdgesGiveTheCleanPromptAndNoneTheCorruptedOne(Tiny.Named named) throws Exception {
    List<ContrastItem> items = items(named.model(), 5);
    CircuitRuns runs = runs(named.model(), Corruption.PAIRED, items);
    boolean[] all = new boolean[runs.graph().edges()];
    Arrays.fill(all, true);

    List<double[]> values =
        runs.circuits(items, List.of(all, new boolean[all.length]), Progress.NONE);

    List<ContrastItem> swapped =
        items.stream()
            .map(i -> new ContrastItem(i.id(), corrupted(i), i.clean(), i.targets()))
            .toList();
    assertThat(values.get(0)).containsExactly(runs.whole(items), within(1e-4));
    assertThat(values.get(1)).containsExactly(runs.whole(swapped), within(1e-4));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void slopesAreThoseOfPatching(Tiny.Named named) throws Exception {
    List<ContrastItem> items = items(named.model(), 3);
    CircuitRuns runs = runs(named.model(), Corruption.PAIRED, items);
    CircuitGraph graph = runs.graph();
    EdgeScores scores =
        new EdgeScorer(runs, new Settings(Method.EAP, 1, Rule.LEFT, 0)).score(items, Progress.NONE);
    Prepared prepared = runs.prepare(runs.batches(items).getFirst());
    Trace trace = runs.transformer().trace(Keep.INFERENCE, Readers.SPLIT);
    float[] clean = runs.contributions(prepared.clean());
    float[] corrupted = runs.contributions(prepared.corrupted());
    double largest = Arrays.stream(scores.mean()).map(Math::abs).max().orElseThrow();

    for (int e = 0; e < graph.edges(); e++) {
      boolean[] inside = new boolean[graph.edges()];
      Arrays.fill(inside, true);
      inside[e] = false;
      double[] up = runs.values(prepared, runs.patch(inside, mix(clean, corrupted, STEP)), trace);
      double[] down =
          runs.values(prepared, runs.patch(inside, mix(clean, corrupted, -STEP)), trace);
      for (int i = 0; i < items.size(); i++) {
        double slope = (down[i] - up[i]) / (2 * STEP);
        // logits are right to about 1e-6, so the difference is to 1e-3; the cubic term besides
        assertThat((double) scores.items()[i][e])
            .as(graph.edgeName(e))
            .isCloseTo(slope, within(2e-3 + 2e-2 * largest));
      }
    }
  }

  private static final double STEP = 4e-3;

  private static float[] mix(float[] from, float[] to, double share) {
    float[] mixed = new float[from.length];
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = (float) (from[i] + share * (to[i] - from[i]));
    }
    return mixed;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void edgesOfTheInputAddUpToItsOwnSlope(Tiny.Named named) throws Exception {
    List<ContrastItem> items = items(named.model(), 3);
    CircuitRuns runs = runs(named.model(), Corruption.PAIRED, items);
    EdgeScores scores =
        new EdgeScorer(runs, new Settings(Method.EAP, 1, Rule.LEFT, 0)).score(items, Progress.NONE);
    double input = scores.sources()[0];

    Prepared prepared = runs.prepare(runs.batches(items).getFirst());
    Transformer transformer = runs.transformer();
    Trace trace = transformer.trace(Keep.TRAINING);
    Matrix logits = transformer.forward(prepared.items().clean(), trace, (_, _) -> {});
    Matrix gradient = Matrix.zeros(logits.rows(), logits.cols());
    int length = prepared.items().length();
    for (int i = 0; i < items.size(); i++) {
      Matrix part = gradient.rows(i * length, (i + 1) * length);
      Metric.LOGIT_DIFFERENCE.addGradient(items.get(i), logits, logits, part);
    }
    double[] expected = new double[1];
    transformer.backward(
        trace,
        gradient,
        null,
        (point, values) -> {
          if (point.equals(new HookPoint(Site.RESIDUAL_BEFORE, 0))) {
            for (int i = 0; i < prepared.clean().input.length; i++) {
              double change = prepared.clean().input[i] - prepared.corrupted().input[i];
              expected[0] += change * values.data()[i] / items.size();
            }
          }
        });

    assertThat(input).isCloseTo(expected[0], within(1e-4 * (1 + Math.abs(expected[0]))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void manyStepsAddUpToTheWholeFall(Tiny.Named named) throws Exception {
    List<ContrastItem> items = items(named.model(), 4);
    CircuitRuns runs = runs(named.model(), Corruption.PAIRED, items);
    var settings = new Settings(Method.EAP_IG_INPUTS, 200, Rule.MIDPOINT, 0);

    EdgeScores scores = new EdgeScorer(runs, settings).score(items, Progress.NONE);

    // The integral of the slope along the embedding is the fall itself.
    List<ContrastItem> swapped =
        items.stream()
            .map(i -> new ContrastItem(i.id(), corrupted(i), i.clean(), i.targets()))
            .toList();
    double fall =
        Arrays.stream(runs.whole(items)).average().orElseThrow()
            - Arrays.stream(runs.whole(swapped)).average().orElseThrow();
    double input = scores.sources()[0];
    assertThat(input).isCloseTo(fall, within(0.05 + 0.05 * Math.abs(fall)));
  }

  @Test
  void neuronsOfALayerAddUpToItsMlp() throws Exception {
    Model model = Tiny.gpt2(5);
    List<ContrastItem> items = items(model, 4);
    CircuitRuns runs = runs(model, Corruption.MEAN, items);

    EdgeScores scores =
        new EdgeScorer(runs, new Settings(Method.EAP, 1, Rule.LEFT, 0)).score(items, Progress.NONE);

    double[] sources = scores.sources();
    for (int u = 0; u < sources.length; u++) {
      CircuitGraph.Source source = runs.graph().sources().get(u);
      if (source.kind() == CircuitGraph.Kind.MLP) {
        double sum = Arrays.stream(scores.neurons()[source.layer()]).sum();
        assertThat(sum).isCloseTo(sources[u], within(1e-4 * (1 + Math.abs(sources[u]))));
      }
    }
  }

  @Test
  void exactScoresOfSourcesAndNeuronsAreMeasured() throws Exception {
    Model model = Tiny.neox(5);
    List<ContrastItem> items = items(model, 2);
    CircuitRuns runs = runs(model, Corruption.ZERO, items);

    EdgeScores scores =
        new EdgeScorer(runs, new Settings(Method.EXACT, 1, Rule.LEFT, 0))
            .score(items, Progress.NONE);

    var transformer = runs.transformer();
    double whole = Arrays.stream(runs.whole(items)).average().orElseThrow();
    assertThat(scores.sources()[1]) // the first head of the first layer
        .isCloseTo(whole - withZeroed(transformer, items, Site.HEAD_OUTPUT, 0, 4), within(1e-4));
    assertThat(scores.neurons()[1][3])
        .isCloseTo(whole - withZeroed(transformer, items, Site.NEURONS, 3, 4), within(1e-4));
  }

  /// The mean metric with some columns of a site zeroed: of the first head in layer 0, or of one
  /// neuron in layer 1.
  private static double withZeroed(
      Transformer transformer, List<ContrastItem> items, Site site, int from, int headWidth) {
    int layer = site == Site.NEURONS ? 1 : 0;
    int to = site == Site.NEURONS ? from + 1 : from + headWidth;
    double sum = 0;
    for (ContrastItem item : items) {
      Matrix logits =
          transformer.forward(
              Batch.of(item.clean()),
              transformer.trace(Keep.INFERENCE),
              (point, values) -> {
                for (int r = 0;
                    point.equals(new HookPoint(site, layer)) && r < values.rows();
                    r++) {
                  Arrays.fill(
                      values.data(), values.rowOffset(r) + from, values.rowOffset(r) + to, 0f);
                }
              });
      sum += Metric.LOGIT_DIFFERENCE.value(item, logits, logits);
    }
    return sum / items.size();
  }

  @Test
  void unequalLengthsAreExplained() {
    assertThatThrownBy(() -> ContrastItem.of("7", new int[] {1, 2}, new int[] {1}, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "item 7: clean prompt of 2 tokens, corrupted one of 1; both need the same number");
  }

  @Test
  void slopelessMetricIsRefused() throws Exception {
    Model model = Tiny.gpt2(5);
    var runs =
        new CircuitRuns(
            new Transformer(model, kernels), Metric.DIVERGENCE, Corruption.ZERO, List.of());

    assertThatThrownBy(() -> new EdgeScorer(runs, new Settings(Method.EAP, 1, Rule.LEFT, 0)))
        .hasMessageContaining("divergence has none there");
  }

  static int[] corrupted(ContrastItem item) {
    int[] corrupted = item.corrupted();
    return corrupted == null ? new int[0] : corrupted;
  }

  static List<ContrastItem> items(Model model, int count) {
    var random = new SplittableRandom(17);
    int outputs = model.config().extents().outputs();
    int vocabulary = model.config().extents().vocabulary();
    List<ContrastItem> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] clean = random.ints(7, 0, vocabulary).toArray();
      int[] corrupted = random.ints(7, 0, vocabulary).toArray();
      int answer = random.nextInt(outputs);
      items.add(ContrastItem.of("" + i, clean, corrupted, answer, (answer + 1) % outputs));
    }
    return items;
  }
}
