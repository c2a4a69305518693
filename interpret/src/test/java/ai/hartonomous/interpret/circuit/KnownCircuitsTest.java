package ai.hartonomous.interpret.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.interpret.circuit.EdgeScorer.Rule;
import ai.hartonomous.interpret.circuit.EdgeScorer.Settings;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Models whose circuit is known: compiled ones, whose every weight has a purpose, and a trained
/// one with an induction circuit.
@Tag("weights")
class KnownCircuitsTest {
  private final Kernels kernels = Kernels.of(2);

  @AfterEach
  void close() {
    kernels.close();
  }

  private static Path folder(String name) {
    Path folder =
        Path.of(System.getProperty("repository.root"), "../shared/data", name).normalize();
    assumeTrue(Files.isDirectory(folder), "absent: " + folder);
    return folder;
  }

  private static Model model(Path folder) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      return checkpoint.load();
    }
  }

  /// The prompts of one length of a compiled model differ in nothing that its length counter, its
  /// positions or its masks read, so corrupted prompts leave those edges unseen; writing nothing
  /// does not.
  @ParameterizedTest(name = "{0}: area {1} as listed, {3} without {2} edges whose weights are zero")
  @CsvSource({"tracr-reverse, 1.000, 0, 1.000", "tracr-frac-prevs, 0.917, 1, 1.000"})
  void compiledCircuitsAreFound(String name, double asListed, int zeros, double carrying)
      throws Exception {
    Path folder = folder(name);
    Path file = folder.resolve("ground_truth.json");
    List<ContrastItem> items = ContrastFiles.readItems(file);
    Model model = model(folder);
    var runs =
        new CircuitRuns(new Transformer(model, kernels), Metric.DISTANCE, Corruption.ZERO, items);
    var settings = new Settings(Method.EAP_IG_INPUTS, 5, Rule.LEFT, 0);

    double[] scores = new EdgeScorer(runs, settings).score(items, Progress.NONE).mean();

    CircuitGraph graph = runs.graph();
    boolean[] truth = KnownCircuit.read(file, graph);
    assertThat(Recovery.auroc(scores, truth)).isCloseTo(asListed, within(5e-4));
    boolean[] severed = SeveredEdges.of(model);
    boolean[] carried = truth.clone();
    int listedZeros = 0;
    for (int e = 0; e < truth.length; e++) {
      carried[e] &= !severed[e];
      listedZeros += truth[e] && severed[e] ? 1 : 0;
      assertThat(severed[e] && scores[e] != 0).as(graph.edgeName(e)).isFalse();
    }
    assertThat(listedZeros).isEqualTo(zeros);
    assertThat(Recovery.auroc(scores, carried)).isCloseTo(carrying, within(5e-4));
    for (boolean[] circuit : List.of(truth, carried)) {
      double chance = 0;
      for (int seed = 0; seed < 100; seed++) {
        chance += Recovery.auroc(EdgeScorer.random(graph, seed).mean(), circuit) / 100;
      }
      assertThat(chance).isCloseTo(0.5, within(0.1));
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"EXACT, ZERO", "EXACT, MEAN", "EAP_IG_INPUTS, ZERO", "EAP_IG_INPUTS, MEAN"})
  void inductionCircuitIsFound(Method method, Corruption corruption) throws Exception {
    Path folder = folder("toy-induction-gbmi");
    List<ContrastItem> items = ContrastFiles.readItems(folder.resolve("reference.json"));
    var transformer = new Transformer(model(folder), kernels);
    var runs = new CircuitRuns(transformer, Metric.LOG_PROBABILITY, corruption, items);
    CircuitGraph graph = runs.graph();
    boolean[] truth = KnownCircuit.read(folder.resolve("ground_truth.json"), graph);
    var settings = new Settings(method, 20, Rule.LEFT, 0);

    double[] scores = new EdgeScorer(runs, settings).score(items, Progress.NONE).mean();

    assertThat(Recovery.auroc(scores, truth)).isEqualTo(1);
    var selection = new Selection(Selection.Order.ABSOLUTE, Selection.Way.TOP);
    boolean[] found = selection.choose(graph, scores, 7);
    assertThat(found).isEqualTo(truth);
    assertThat(Selection.sources(graph, found)).containsExactly(true, true, true);
  }

  /// The reference measured 3,000 sequences, of which it lists 64.
  @Test
  void ablatingOneHeadCostsWhatTheReferenceMeasured() throws Exception {
    Path folder = folder("toy-induction-gbmi");
    Path reference = folder.resolve("reference.json");
    List<ContrastItem> items = ContrastFiles.readItems(reference);
    var transformer = new Transformer(model(folder), kernels);
    var runs = new CircuitRuns(transformer, Metric.LOG_PROBABILITY, Corruption.ZERO, items);
    CircuitGraph graph = runs.graph();
    List<boolean[]> circuits = new ArrayList<>();
    for (int source = 1; source < graph.sources().size(); source++) {
      boolean[] inside = new boolean[graph.edges()];
      for (int e = 0; e < inside.length; e++) {
        inside[e] = graph.sourceOf(e) != source;
      }
      circuits.add(inside);
    }

    List<double[]> values = runs.circuits(items, circuits, Progress.NONE);

    double listed = json(reference).path("task_set").path("listed_ce").asDouble();
    assertThat(-mean(runs.whole(items))).isCloseTo(listed, within(1e-4));
    JsonNode measured =
        json(folder.resolve("ground_truth.json")).path("zero_ablation").path("results");
    for (int layer = 0; layer < 2; layer++) {
      double expected =
          measured.path("blocks.%d.attn.head.0".formatted(layer)).path("ce").asDouble();
      assertThat(-mean(values.get(layer))).isCloseTo(expected, within(0.05 * expected));
    }
  }

  private static JsonNode json(Path file) throws IOException {
    return new JsonMapper().readTree(Files.readString(file));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
