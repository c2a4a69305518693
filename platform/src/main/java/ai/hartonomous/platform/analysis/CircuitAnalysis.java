package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.circuit.CircuitFile;
import ai.hartonomous.interpret.circuit.CircuitGraph;
import ai.hartonomous.interpret.circuit.CircuitRuns;
import ai.hartonomous.interpret.circuit.ContrastItem;
import ai.hartonomous.interpret.circuit.ContrastPair;
import ai.hartonomous.interpret.circuit.ContrastSuite;
import ai.hartonomous.interpret.circuit.ContrastSuite.Unusable;
import ai.hartonomous.interpret.circuit.EdgeScorer;
import ai.hartonomous.interpret.circuit.EdgeScorer.Rule;
import ai.hartonomous.interpret.circuit.Faithfulness;
import ai.hartonomous.interpret.circuit.Faithfulness.Measured;
import ai.hartonomous.interpret.circuit.Method;
import ai.hartonomous.interpret.circuit.Metric;
import ai.hartonomous.interpret.circuit.Resampling;
import ai.hartonomous.interpret.circuit.Selection;
import ai.hartonomous.interpret.circuit.Selection.Order;
import ai.hartonomous.interpret.circuit.Selection.Way;
import ai.hartonomous.platform.analysis.CircuitAsk.Pair;
import ai.hartonomous.platform.job.RunningJob;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/// Finds the edges between components that carry a task, and measures on other pairs how faithful
/// circuits of them are. All scores are the file `circuit.json`, in the layout of EAP-IG.
@Component
class CircuitAnalysis implements Analysis<CircuitAsk> {

  private static final String FILE = "circuit.json";
  private static final int TOP = 50;

  /// What was found.
  ///
  /// @param edges edges of the model's graph
  /// @param foundOn pairs that scored the edges
  /// @param measuredOn pairs that measured the circuits
  /// @param whole mean metric of the whole model
  /// @param none mean metric with every edge corrupted
  /// @param topEdges the edges that matter most
  /// @param cpr circuit performance ratio, edges chosen by signed score
  /// @param cmd circuit-model distance, edges chosen by the size of the score
  /// @param randomCpr the same for random scores: mean and range
  /// @param randomCmd the same for random scores: mean and range
  /// @param curve faithfulness of circuits of growing size, edges chosen by signed score
  record Report(
      int edges,
      int foundOn,
      int measuredOn,
      double whole,
      double none,
      List<Edge> topEdges,
      double cpr,
      double cmd,
      Resampling.Interval randomCpr,
      Resampling.Interval randomCmd,
      List<Faithfulness.Point> curve) {}

  /// An edge.
  ///
  /// @param edge from where to where, such as `a0.h1->m2`
  /// @param score by how much the metric falls without it, by the method's estimate
  record Edge(String edge, double score) {}

  @Override
  public AnalysisKind kind() {
    return AnalysisKind.CIRCUITS;
  }

  @Override
  public Class<CircuitAsk> request() {
    return CircuitAsk.class;
  }

  @Override
  public void check(UUID modelId, CircuitAsk request) {
    Metric metric = Objects.requireNonNull(request.metric());
    if (request.method() == Method.EAP && metric.isFlatAtClean()) {
      throw Problem.invalid(
          "method", "sees slopes at the clean prompt only, and the metric has none there");
    }
  }

  @Override
  public Report run(Task task, CircuitAsk ask) throws IOException, InterruptedException {
    try (Kernels kernels = Kernels.of(task.threads())) {
      LoadedModel model = LoadedModel.of(task.model(), kernels);
      List<ContrastItem> items = items(ask, model);
      int[] order = Resampling.shuffled(items.size(), Objects.requireNonNull(ask.seed()));
      int half = items.size() / 2;
      List<ContrastItem> finding = Arrays.stream(order).skip(half).mapToObj(items::get).toList();
      List<ContrastItem> measuring = Arrays.stream(order).limit(half).mapToObj(items::get).toList();
      var runs =
          new CircuitRuns(
              model.transformer(),
              Objects.requireNonNull(ask.metric()),
              Objects.requireNonNull(ask.corruption()),
              finding);
      double[] scores = scores(task.job(), runs, ask, finding);
      var selection = new Selection(Order.ABSOLUTE, Way.TOP);
      boolean[] inside = selection.choose(runs.graph(), scores, (runs.graph().edges() + 9) / 10);
      CircuitFile.write(task.folder().resolve(FILE), model.transformer().config(), scores, inside);
      return report(task.job(), runs, ask, scores, measuring);
    }
  }

  private static List<ContrastItem> items(CircuitAsk ask, LoadedModel model) {
    List<ContrastPair> pairs = new ArrayList<>();
    for (Pair pair : ask.pairs()) {
      pairs.add(
          new ContrastPair(
              "pairs[%d]".formatted(pairs.size()),
              pair.clean(),
              pair.corrupted(),
              pair.answers(),
              pair.wrong()));
    }
    ContrastSuite suite =
        ContrastSuite.of(pairs.iterator(), pairs.size(), model.tokenizer(), Unusable.REFUSED);
    int most = model.transformer().config().extents().positions();
    for (ContrastItem item : suite.items()) {
      if (item.clean().length > most) {
        throw Problem.unprocessable(
            "pairs",
            "%s has %d tokens, the model reads at most %d."
                .formatted(item.id(), item.clean().length, most));
      }
    }
    return suite.items();
  }

  private static double[] scores(
      RunningJob job, CircuitRuns runs, CircuitAsk ask, List<ContrastItem> finding)
      throws InterruptedException {
    var settings =
        new EdgeScorer.Settings(
            Objects.requireNonNull(ask.method()),
            Objects.requireNonNull(ask.steps()),
            Rule.LEFT,
            Objects.requireNonNull(ask.seed()));
    return new EdgeScorer(runs, settings)
        .score(
            finding,
            (done, all) ->
                job.progress(
                    "scoring", 0.5 * done / all, "Edges, step %d of %d".formatted(done, all)))
        .mean();
  }

  private static Report report(
      RunningJob job, CircuitRuns runs, CircuitAsk ask, double[] scores, List<ContrastItem> items)
      throws InterruptedException {
    CircuitGraph graph = runs.graph();
    int circuits = 2 + Objects.requireNonNull(ask.randomSeeds());
    Measured signed = measure(job, runs, items, scores, Order.SIGNED, 0.0 / circuits);
    Measured absolute = measure(job, runs, items, scores, Order.ABSOLUTE, 1.0 / circuits);
    double[] randomCpr = new double[circuits - 2];
    double[] randomCmd = new double[circuits - 2];
    for (int s = 0; s < randomCpr.length; s++) {
      double[] chance = EdgeScorer.random(graph, Objects.requireNonNull(ask.seed()) + 1 + s).mean();
      double done = (2.0 + s) / circuits;
      Faithfulness random =
          measure(job, runs, items, chance, Order.SIGNED, done).over(graph.edges());
      randomCpr[s] = random.cpr();
      randomCmd[s] = random.cmd();
    }
    int all = ask.pairs().size();
    return new Report(
        graph.edges(),
        all - items.size(),
        items.size(),
        Arrays.stream(signed.whole()).average().orElseThrow(),
        Arrays.stream(signed.none()).average().orElseThrow(),
        top(graph, scores),
        signed.over(graph.edges()).cpr(),
        absolute.over(graph.edges()).cmd(),
        Resampling.spread(randomCpr),
        Resampling.spread(randomCmd),
        signed.over(graph.edges()).points());
  }

  private static Measured measure(
      RunningJob job,
      CircuitRuns runs,
      List<ContrastItem> items,
      double[] scores,
      Order order,
      double done)
      throws InterruptedException {
    job.progress("measuring", 0.5 + 0.5 * done, "Circuits of growing size");
    return Faithfulness.measure(runs, items, scores, new Selection(order, Way.TOP), (_, _) -> {});
  }

  private static List<Edge> top(CircuitGraph graph, double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(edge -> -Math.abs(scores[edge])))
        .limit(TOP)
        .map(edge -> new Edge(graph.edgeName(edge), scores[edge]))
        .toList();
  }
}
