package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.circuit.CircuitFile;
import ai.hartonomous.interpret.circuit.CircuitGraph;
import ai.hartonomous.interpret.circuit.CircuitRuns;
import ai.hartonomous.interpret.circuit.ContrastItem;
import ai.hartonomous.interpret.circuit.ContrastSuite;
import ai.hartonomous.interpret.circuit.EdgeScorer;
import ai.hartonomous.interpret.circuit.EdgeScores;
import ai.hartonomous.interpret.circuit.KnownCircuit;
import ai.hartonomous.interpret.circuit.Selection;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous circuit find`: scores every edge of a model on contrast pairs.
@Command(
    name = "find",
    description = "Scores every edge between the components of a model on contrast pairs.",
    mixinStandardHelpOptions = true)
final class CircuitFindCommand implements Callable<Integer> {

  @Mixin private ModelSource source;
  @Mixin private CircuitOptions options;
  @Mixin private ReportOption report;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "20",
      description = "Edges, components and neurons to list (default: ${DEFAULT-VALUE}).")
  private int top;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "A known circuit (JSON with 'true_edges') to compare with.")
  private @Nullable Path truth;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Writes all scores in the layout of EAP-IG.")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    EdgeScorer.Settings settings = options.settings();
    Model model = source.load();
    ContrastSuite suite = options.read(source, model.config());
    ObjectNode figures = ModelSource.mapper().createObjectNode();
    options.describe(figures, suite);
    try (Kernels kernels = options.kernels();
        var line = options.progress()) {
      var runs =
          new CircuitRuns(
              new Transformer(model, kernels),
              options.metric(),
              options.corruption(),
              suite.items());
      measureEnds(runs, suite.items(), figures);
      EdgeScores scores =
          new EdgeScorer(runs, settings)
              .score(
                  suite.items(),
                  (done, all) -> line.show("scoring edges, step %d of %d".formatted(done, all)));
      var summary = new CircuitSummary(runs.graph(), scores, options.seed(), top);
      summary.add(figures);
      if (truth != null) {
        boolean[] known = KnownCircuit.read(truth, runs.graph());
        CircuitSummary.compare(figures.putObject("truth"), model, scores.mean(), known);
      }
      writeScores(model, runs.graph(), scores);
    }
    write(figures);
    return 0;
  }

  private void write(ObjectNode figures) throws IOException {
    List<Path> inputs = new ArrayList<>(List.of(source.path()));
    inputs.addAll(options.inputs());
    if (truth != null) {
      inputs.add(truth);
    }
    report.write(inputs, figures);
    if (source.asJson()) {
      source.print(figures);
    } else {
      source.print(CircuitText.found(figures));
    }
  }

  /// The metric in the whole model, and with nothing but corrupted edges.
  static void measureEnds(CircuitRuns runs, List<ContrastItem> items, ObjectNode figures)
      throws InterruptedException {
    double[] none =
        runs.circuits(items, List.of(new boolean[runs.graph().edges()]), (_, _) -> {}).getFirst();
    figures.put("whole", Arrays.stream(runs.whole(items)).average().orElseThrow());
    figures.put("none", Arrays.stream(none).average().orElseThrow());
  }

  private void writeScores(Model model, CircuitGraph graph, EdgeScores scores) throws IOException {
    if (out == null) {
      return;
    }
    double[] mean = scores.mean();
    var selection = new Selection(Selection.Order.ABSOLUTE, Selection.Way.TOP);
    boolean[] inside = selection.choose(graph, mean, (graph.edges() + 9) / 10);
    CircuitFile.write(out, model.config(), mean, inside);
  }
}
