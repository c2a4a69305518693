package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.circuit.CircuitFile;
import ai.hartonomous.interpret.circuit.CircuitRuns;
import ai.hartonomous.interpret.circuit.ContrastItem;
import ai.hartonomous.interpret.circuit.ContrastSuite;
import ai.hartonomous.interpret.circuit.EdgeScorer;
import ai.hartonomous.interpret.circuit.EdgeScores;
import ai.hartonomous.interpret.circuit.Resampling;
import ai.hartonomous.interpret.circuit.Selection;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous circuit score`: how faithful the circuits are that edge scores choose.
@Command(
    name = "score",
    description = "Measures CPR and CMD of circuits on held-out pairs, beside random ones.",
    mixinStandardHelpOptions = true)
final class CircuitScoreCommand implements Callable<Integer> {

  @Mixin private ModelSource source;
  @Mixin private CircuitOptions options;
  @Mixin private ReportOption report;

  @Option(
      names = "--held-out",
      paramLabel = "P",
      defaultValue = "0.5",
      description = "Share of items kept from scoring edges (default: ${DEFAULT-VALUE}).")
  private double heldOut;

  @Option(
      names = "--select",
      paramLabel = "NAME",
      defaultValue = "top",
      description = "How edges are taken: top or greedy (default: ${DEFAULT-VALUE}).")
  private String select = "";

  @Option(
      names = "--random-seeds",
      paramLabel = "N",
      defaultValue = "10",
      description = "Random circuits to compare with (default: ${DEFAULT-VALUE}).")
  private int randomSeeds;

  @Option(
      names = "--circuit",
      paramLabel = "FILE",
      description = "Edge scores to use instead of scoring, as 'find --out' writes them.")
  private @Nullable Path circuit;

  @Override
  public Integer call() throws IOException, InterruptedException {
    EdgeScorer.Settings settings = options.settings();
    Selection.Way way = options.choice(Selection.Way.class, "--select", select);
    if (!(heldOut > 0 && heldOut < 1) || randomSeeds < 1) {
      throw options.wrongUse("--held-out lies between 0 and 1, --random-seeds is at least 1.");
    }
    Model model = source.load();
    ContrastSuite suite = options.read(source, model.config());
    int kept = (int) Math.ceil(heldOut * suite.items().size());
    if (kept == 0 || kept == suite.items().size()) {
      throw new IOException("too few items to keep some back: " + suite.items().size());
    }
    int[] order = Resampling.shuffled(suite.items().size(), options.seed());
    List<ContrastItem> finding = chosen(suite.items(), order, kept, order.length);
    List<ContrastItem> scoring = chosen(suite.items(), order, 0, kept);
    ObjectNode figures = ModelSource.mapper().createObjectNode();
    options.describe(figures, suite);
    figures.put("select", select).put("held_out_items", kept);
    try (Kernels kernels = options.kernels();
        var line = options.progress()) {
      var runs =
          new CircuitRuns(
              new Transformer(model, kernels), options.metric(), options.corruption(), finding);
      CircuitFindCommand.measureEnds(runs, scoring, figures);
      double[] scores = scores(runs, settings, finding, figures, line);
      new CircuitCurves(runs, scoring, way, options.seed()).add(figures, scores, randomSeeds, line);
    }
    write(figures);
    return 0;
  }

  private double[] scores(
      CircuitRuns runs,
      EdgeScorer.Settings settings,
      List<ContrastItem> finding,
      ObjectNode figures,
      ProgressLine<String> line)
      throws IOException, InterruptedException {
    if (circuit != null) {
      figures.put("method", "file");
      return CircuitFile.readScores(circuit, runs.graph());
    }
    EdgeScores scores =
        new EdgeScorer(runs, settings)
            .score(
                finding,
                (done, all) -> line.show("scoring edges, step %d of %d".formatted(done, all)));
    new CircuitSummary(runs.graph(), scores, options.seed(), 0).add(figures);
    figures.remove(List.of("top_edges", "sources", "neurons"));
    return scores.mean();
  }

  private static List<ContrastItem> chosen(
      List<ContrastItem> items, int[] order, int from, int to) {
    List<ContrastItem> chosen = new ArrayList<>();
    for (int i = from; i < to; i++) {
      chosen.add(items.get(order[i]));
    }
    return chosen;
  }

  private void write(ObjectNode figures) throws IOException {
    List<Path> inputs = new ArrayList<>(List.of(source.path()));
    inputs.addAll(options.inputs());
    if (circuit != null) {
      inputs.add(circuit);
    }
    report.write(inputs, figures);
    if (source.asJson()) {
      source.print(figures);
    } else {
      source.print(CircuitText.scored(figures));
    }
  }
}
