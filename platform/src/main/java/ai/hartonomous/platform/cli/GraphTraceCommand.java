package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.attribute.CoderHash;
import ai.hartonomous.interpret.attribute.Counted;
import ai.hartonomous.interpret.attribute.FrozenModel.Freeze;
import ai.hartonomous.interpret.attribute.GraphFigures;
import ai.hartonomous.interpret.attribute.GraphFile;
import ai.hartonomous.interpret.attribute.GraphFileWriter;
import ai.hartonomous.interpret.attribute.GraphRequest;
import ai.hartonomous.interpret.attribute.PruneSettings;
import ai.hartonomous.interpret.attribute.SkipPath;
import ai.hartonomous.interpret.attribute.TargetChoice;
import ai.hartonomous.interpret.attribute.TraceSettings;
import ai.hartonomous.interpret.attribute.Validator;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.platform.cli.GraphSource.Loaded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `hartonomous graph trace`: the attribution graph of one prompt.
@Command(
    name = "trace",
    description = "Traces the attribution graph of a prompt and tries it on the model.",
    mixinStandardHelpOptions = true)
final class GraphTraceCommand implements Callable<Integer> {

  @Mixin private GraphSource source;

  @Mixin private ReportOption report;

  @Parameters(
      paramLabel = "MODEL",
      description = "Checkpoint: a folder in Hugging Face's layout, or a .gguf or llama2.c file.")
  private Path path = Path.of("");

  @Option(names = "--prompt", paramLabel = "TEXT", description = "The prompt, or give --ids.")
  private @Nullable String prompt;

  @Option(
      names = "--ids",
      split = ",",
      paramLabel = "ID",
      description = "The prompt as token ids, separated by commas.")
  private int[] ids = {};

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Writes the graph as JSON for Neuronpedia and circuit-tracer's viewer.")
  private @Nullable Path out;

  @Option(
      names = "--target",
      paramLabel = "WHAT",
      description =
          "What is explained: likeliest (default), token ids as 5,17, a difference as 5-17, or a"
              + " JSON file with 'direction'.")
  private String target = "likeliest";

  @Option(
      names = "--max-features",
      paramLabel = "N",
      description = "Features with incoming edges, most influential first (default 7500).")
  private int mostFeatures = TraceSettings.DEFAULT.mostFeatures();

  @Option(
      names = "--edges-per-node",
      paramLabel = "N",
      description = "Largest edges kept one by one for each node; 0 keeps all (default 2048).")
  private int edgesPerTarget = TraceSettings.DEFAULT.edgesPerTarget();

  @Option(
      names = "--node-threshold",
      paramLabel = "X",
      description = "Share of influence of the nodes that are kept (default 0.8).")
  private double nodeThreshold = PruneSettings.DEFAULT.nodeThreshold();

  @Option(
      names = "--edge-threshold",
      paramLabel = "X",
      description = "Share of influence of the edges that are kept (default 0.98).")
  private double edgeThreshold = PruneSettings.DEFAULT.edgeThreshold();

  @Option(
      names = "--standard",
      description = "Only features, errors and tokens share in influence, as in circuit-tracer.")
  private boolean standard;

  @Option(
      names = "--leading",
      paramLabel = "N",
      description = "First positions whose features are not traced, one leaf each (default 1).")
  private int leading = Freeze.DEFAULT.leading();

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "Edges tried by intervention (default 24).")
  private int trials = Validator.Plan.DEFAULT.edges();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides which edges and controls are drawn (default 1).")
  private long seed = Validator.Plan.DEFAULT.seed();

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    TargetChoice choice = GraphTargets.parse(target);
    Loaded loaded = source.load(path);
    String text = prompt;
    int[] prompted = text == null ? ids : GraphSource.tokenizer(path).encodePrompt(text);
    String fault = ModelSource.fault(prompted, loaded.model().config());
    if (!fault.isEmpty()) {
      throw source.wrongUse((text == null ? "--ids: " : "--prompt: ") + fault);
    }
    String misfit = GraphTargets.fault(choice, loaded.model().config());
    if (!misfit.isEmpty()) {
      throw source.wrongUse("--target: " + misfit);
    }
    GraphRequest request = request(prompted, choice);
    long start = System.nanoTime();
    GraphFigures figures = source.figures(loaded, request);
    double seconds = (System.nanoTime() - start) / 1e9;
    Path file = out;
    if (file != null) {
      String hash = CoderHash.of(loaded.coders());
      GraphFileWriter.write(
          GraphFile.of(figures, header(prompted, text), request, loaded.hash(), hash), file);
    }
    report.write(List.of(path, source.folder()), GraphReport.json(figures));
    if (source.asJson()) {
      source.print(GraphReport.json(figures));
    } else {
      GraphReport.lines(figures).forEach(source::print);
      source.print("%.2f s".formatted(seconds));
    }
    return figures.conservation().holds() ? 0 : 1;
  }

  private void checkOptions() {
    if ((prompt == null) == (ids.length == 0)) {
      throw source.wrongUse("Give either --prompt or --ids.");
    }
    boolean thresholds = isShare(nodeThreshold) && isShare(edgeThreshold);
    if (!thresholds || mostFeatures < 0 || edgesPerTarget < 0 || leading < 0 || trials < 0) {
      throw source.wrongUse("Thresholds must lie between 0 and 1, counts must not be negative.");
    }
  }

  private static boolean isShare(double value) {
    return value >= 0 && value <= 1;
  }

  private GraphRequest request(int[] prompted, TargetChoice choice) {
    Validator.Plan plan = Validator.Plan.DEFAULT;
    return new GraphRequest(
        prompted,
        new Freeze(leading, SkipPath.FOLLOWED),
        choice,
        TraceSettings.DEFAULT.withMostFeatures(mostFeatures).withEdgesPerTarget(edgesPerTarget),
        new PruneSettings(nodeThreshold, edgeThreshold, standard ? Counted.STANDARD : Counted.ALL),
        new Validator.Plan(trials, plan.groupSize(), plan.draws(), seed));
  }

  private GraphFile.Header header(int[] prompted, @Nullable String text) throws IOException {
    String name = "" + path.toAbsolutePath().normalize().getFileName();
    if (text == null) {
      List<String> plain = Arrays.stream(prompted).mapToObj(String::valueOf).toList();
      return new GraphFile.Header(name, name, String.join(" ", plain), plain);
    }
    Tokenizer tokenizer = GraphSource.tokenizer(path);
    return new GraphFile.Header(
        name, name, text, Arrays.stream(prompted).mapToObj(tokenizer::token).toList());
  }
}
