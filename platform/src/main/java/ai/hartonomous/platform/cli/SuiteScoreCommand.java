package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.capability.Scorer;
import ai.hartonomous.distill.capability.Scoring;
import ai.hartonomous.distill.capability.Shots;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous suite score`: how well a model does on suites.
@Command(
    name = "score",
    description = "Scores a model on suites, with standard errors.",
    mixinStandardHelpOptions = true)
final class SuiteScoreCommand implements Callable<Integer> {

  @Mixin private ModelSource source;
  @Mixin private ReportOption report;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Suites, as JSON lines.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--shots",
      paramLabel = "K",
      defaultValue = "0",
      description = "Solved calibration items in front of each prompt (default: ${DEFAULT-VALUE}).")
  private int shots;

  @Option(
      names = "--separator",
      paramLabel = "TEXT",
      defaultValue = "\\n\\n",
      description = "Text behind each solved item (default: two line breaks).")
  private String separator = "";

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Decides the solved items (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = "What to measure, or 'all'; may be repeated (default: what the items ask for).")
  private List<String> metrics = new ArrayList<>();

  @Option(
      names = "--part",
      paramLabel = "PART",
      defaultValue = "held_out",
      description = "held_out, calibration or all (default: ${DEFAULT-VALUE}).")
  private String part = "";

  @Option(names = "--threads", paramLabel = "N", description = "Threads (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws IOException {
    if (threads < 1 || shots < 0 || shots > Shots.MOST) {
      throw source.wrongUse(
          "--threads is at least 1, --shots lies between 0 and %d.".formatted(Shots.MOST));
    }
    Set<Metric> wanted = metrics();
    List<CapabilitySuite> suites = new ArrayList<>();
    for (Path file : files) {
      suites.add(CapabilitySuite.read(file));
    }
    Shots solved = Shots.of(shots, separator.replace("\\n", "\n"), seed, suites);
    Tokenizer tokenizer = source.tokenizer();
    Model model = source.load();
    if (!model.config().block().causal()
        || model.config().extents().outputs() != model.config().extents().vocabulary()) {
      throw new IOException(source.path() + ": not a model that continues texts");
    }
    List<Score> scores = new ArrayList<>();
    try (Kernels kernels = Kernels.of(threads)) {
      var scorer = new Scorer(new Transformer(model, kernels), tokenizer);
      for (int i = 0; i < suites.size(); i++) {
        List<CapabilityItem> items = items(suites.get(i));
        if (items.isEmpty()) {
          throw new IOException("%s: no items in the part %s".formatted(files.get(i), part));
        }
        scorer.measure(items, new Scoring(solved, wanted)).forEach(m -> scores.add(m.score()));
      }
    }
    answer(scores);
    return 0;
  }

  private Set<Metric> metrics() {
    Set<Metric> wanted = EnumSet.noneOf(Metric.class);
    for (String name : metrics) {
      if (name.equals("all")) {
        return EnumSet.allOf(Metric.class);
      }
      wanted.add(
          Metric.of(name)
              .orElseThrow(() -> source.wrongUse("--metric '%s' is not known.".formatted(name))));
    }
    return wanted;
  }

  private List<CapabilityItem> items(CapabilitySuite suite) {
    return switch (part) {
      case "held_out" -> suite.items(Split.HELD_OUT);
      case "calibration" -> suite.items(Split.CALIBRATION);
      case "all" -> suite.items();
      default -> throw source.wrongUse("--part is held_out, calibration or all.");
    };
  }

  private void answer(List<Score> scores) throws IOException {
    ObjectNode root = ModelSource.mapper().createObjectNode();
    ArrayNode list = root.putArray("scores");
    var text = new StringBuilder();
    text.append(
        "%-40s %-20s %6s  figure ± standard error%n".formatted("capability", "metric", "n"));
    for (Score score : scores) {
      ObjectNode entry = list.addObject();
      entry.put("capability", score.capability()).put("metric", score.metric().label());
      entry.put("higher_is_better", score.metric().higherIsBetter());
      entry.put("value", score.value()).put("standard_error", score.standardError());
      entry.put("n", score.items()).put("shots", score.protocol().shots());
      entry.put("seed", score.protocol().seed());
      entry.put("template_sha256", score.protocol().templateHash());
      entry.put("items_sha256", score.protocol().itemsHash());
      text.append(
          String.format(
              Locale.ROOT,
              "%-40s %-20s %6d  %.4f ± %.4f%n",
              score.capability(),
              score.metric().label(),
              score.items(),
              score.value(),
              score.standardError()));
    }
    List<Path> read = new ArrayList<>(List.of(source.path()));
    read.addAll(files);
    report.write(read, root);
    if (source.asJson()) {
      source.print(root);
    } else {
      source.printPart(text.toString());
    }
  }
}
