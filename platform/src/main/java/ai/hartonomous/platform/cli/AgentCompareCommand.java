package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.compare.Cell;
import ai.hartonomous.distill.compare.Comparison;
import ai.hartonomous.distill.compare.Contender;
import ai.hartonomous.distill.compare.Stage;
import ai.hartonomous.distill.compare.SuiteTasks;
import ai.hartonomous.distill.compare.Task;
import ai.hartonomous.distill.compare.TextTasks;
import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.heal.Objective;
import ai.hartonomous.distill.importance.Method;
import ai.hartonomous.distill.importance.Replication;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous agent compare`: ways to select components beside each other, with the same items,
/// size and healing.
@Command(
    name = "compare",
    description =
        "Cuts a model to a share of its components in several ways, heals each in the same way, and"
            + " measures all on held-out items.",
    mixinStandardHelpOptions = true)
final class AgentCompareCommand implements Callable<Integer> {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,18})(?:-(\\d{1,18}))?");
  private static final int TEXT_BATCH = 8;

  @Spec private CommandSpec spec;

  @Option(
      names = "--source",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the source model.")
  private Path source = Path.of("");

  @Option(
      names = "--suite",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Suites of questions, as JSON lines; each is a task of its own.")
  private List<Path> suites = new ArrayList<>();

  @Option(
      names = "--corpus",
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "Texts whose every token is to be predicted; their last 5 %% are held out. Each is a task"
              + " of its own.")
  private List<Path> corpora = new ArrayList<>();

  @Option(
      names = "--separator",
      paramLabel = "TEXT",
      defaultValue = "<|endoftext|>",
      description = "What stands between documents of a text (default: ${DEFAULT-VALUE}).")
  private String separator = "";

  @Option(
      names = "--length",
      paramLabel = "N",
      defaultValue = "128",
      description = "Tokens of a block of text (default: ${DEFAULT-VALUE}).")
  private int length;

  @Option(
      names = "--share",
      split = ",",
      paramLabel = "P",
      defaultValue = "0.25",
      description =
          "Shares of the components, and of their weights, that may stay (default:"
              + " ${DEFAULT-VALUE}).")
  private List<Double> shares = List.of();

  @Option(
      names = "--seeds",
      paramLabel = "FROM-TO",
      defaultValue = "1-3",
      description = "Seeds, such as 1-3 or 7 (default: ${DEFAULT-VALUE}).")
  private String seeds = "";

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "random,magnitude,activation,taylor,gradient,search",
      description =
          "Ways to select: random, magnitude, activation, wanda, taylor, taylor-second, gradient,"
              + " integrated, ablation; each with -divided too; ablation-shortlist; search,"
              + " search-open, search-each, search-even (default:"
              + " ${DEFAULT-VALUE}).")
  private List<String> methods = List.of();

  @Option(
      names = "--heal",
      split = ",",
      paramLabel = "STEPS",
      defaultValue = "150",
      description =
          "Lengths of the healings, each from the cut model; 0 for none (default:"
              + " ${DEFAULT-VALUE}).")
  private List<Integer> heal = List.of();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads; their number decides the rounding (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Adds a JSON line for each finished cell. What is there already is not measured again.")
  private @Nullable Path out;

  @Option(
      names = "--replicate",
      description =
          "Measures rankings on two halves of the calibration items too, and says which ones come"
              + " out the same; for the first seed and share.")
  private boolean replicate;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Mixin private ObjectiveOptions objective = new ObjectiveOptions();

  @Mixin private ReportOption report;

  /// A cell to measure.
  private record Order(Path file, Task task, long seed, double share, Contender contender) {}

  /// The source as it was read.
  private record Source(String name, Model model, Tokenizer tokenizer) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Contender> contenders = contenders();
    checkNumbers();
    ModelSource.keepLogsQuiet();
    Source read = read();
    List<Order> orders = orders(read, contenders);
    CompareCells cells = CompareCells.open(out, read.name(), plan().objective().toString(), heal);
    List<CompareTable.Replicated> replicated = new ArrayList<>();
    try (Kernels kernels = Kernels.of(threads);
        var line = new ProgressLine<String>(spec.commandLine().getErr(), text -> text)) {
      measure(read, orders, cells, kernels, line);
      if (replicate) {
        replicated.addAll(replications(read, orders, kernels));
      }
    }
    var table = new CompareTable(cells.chosen(orders.stream().map(this::key).toList()), replicated);
    List<Path> inputs = new ArrayList<>(List.of(source));
    inputs.addAll(suites);
    inputs.addAll(corpora);
    report.write(inputs, table.json());
    PrintWriter printer = spec.commandLine().getOut();
    printer.print(asJson ? table.json() + "\n" : table.text(read.name()));
    printer.flush();
    return 0;
  }

  private void measure(
      Source read,
      List<Order> orders,
      CompareCells cells,
      Kernels kernels,
      ProgressLine<String> line)
      throws IOException, InterruptedException {
    List<Order> missing = orders.stream().filter(order -> !cells.has(key(order))).toList();
    var comparison = new Comparison(plan(), lengths(), Recipe.USUAL.prompts());
    long start = System.nanoTime();
    Stage stage = null;
    Task of = null;
    for (int i = 0; i < missing.size(); i++) {
      Order order = missing.get(i);
      if (stage == null || !order.task().equals(of)) {
        of = order.task();
        stage = new Stage(read.model(), kernels, of, order.seed());
      }
      int done = i;
      Optional<Cell> cell =
          comparison.measure(
              stage,
              order.contender(),
              order.share(),
              part -> line.show(progress(order, done + part, missing.size(), start)));
      if (cell.isEmpty()) {
        throw new IOException(
            "a share of %s of %s leaves a layer without a head or neuron"
                .formatted(order.share(), read.name()));
      }
      cells.add(cell.get());
    }
  }

  private List<CompareTable.Replicated> replications(
      Source read, List<Order> orders, Kernels kernels) throws InterruptedException {
    List<CompareTable.Replicated> all = new ArrayList<>();
    Stage stage = null;
    Task of = null;
    for (Order order : orders) {
      if (order.seed() != seeds().getFirst() || order.share() != shares.getFirst()) {
        continue;
      }
      if (order.contender() instanceof Contender.Ranking(Method method) && method.usesData()) {
        if (stage == null || !order.task().equals(of)) {
          of = order.task();
          stage = new Stage(read.model(), kernels, of, order.seed());
        }
        Replication replication = stage.replication(method, order.share());
        all.add(new CompareTable.Replicated(order.task().name(), replication));
      }
    }
    return all;
  }

  private static String progress(Order order, double done, int all, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    long left = done > 0 ? Math.round(seconds / done * (all - done)) : 0;
    return "%3.0f %%  %s, seed %d, %s; about %d s left"
        .formatted(
            100 * done / all, order.task().name(), order.seed(), order.contender().label(), left);
  }

  private CompareCells.Key key(Order order) {
    return new CompareCells.Key(
        order.task().name(), order.share(), order.contender().label(), order.seed());
  }

  private List<Order> orders(Source read, List<Contender> contenders) throws IOException {
    List<Order> orders = new ArrayList<>();
    List<Path> files = new ArrayList<>(suites);
    files.addAll(corpora);
    for (Path file : files) {
      for (long seed : seeds()) {
        Task task = task(read, file, seed);
        for (double share : shares) {
          contenders.forEach(c -> orders.add(new Order(file, task, seed, share, c)));
        }
      }
    }
    return orders;
  }

  private Task task(Source read, Path file, long seed) throws IOException {
    int context = read.model().config().extents().positions();
    try {
      if (suites.contains(file)) {
        return SuiteTasks.of(CapabilitySuite.read(file), read.tokenizer(), context, seed);
      }
      var cutting = new TextTasks.Cutting(separator, Math.min(length, context), 0.05, 256, 48, 128);
      String name = String.valueOf(file.getFileName());
      return TextTasks.of(name, Files.readString(file), read.tokenizer(), cutting, seed);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private Source read() throws IOException {
    if (!Files.isDirectory(source)) {
      throw wrongUse("no folder with a model at " + source);
    }
    try (Checkpoint checkpoint = Checkpoints.open(source)) {
      Path name = source.toAbsolutePath().normalize().getFileName();
      return new Source(
          name == null ? "source" : name.toString(), checkpoint.load(), checkpoint.tokenizer());
    }
  }

  private HealingPlan plan() {
    HealingPlan usual = Recipe.USUAL.step().withObjective(objective());
    return corpora.isEmpty()
        ? usual
        : new HealingPlan(
            usual.steps(),
            TEXT_BATCH,
            usual.rate(),
            usual.validations(),
            usual.objective(),
            usual.stepping());
  }

  private Objective objective() {
    try {
      return objective.objective(0);
    } catch (IllegalArgumentException e) {
      throw wrongUse(String.valueOf(e.getMessage()));
    }
  }

  private List<Integer> lengths() {
    return heal.stream().filter(steps -> steps > 0).toList();
  }

  private List<Contender> contenders() {
    List<Contender> contenders = new ArrayList<>();
    for (String method : methods) {
      contenders.add(
          Contender.parse(method)
              .orElseThrow(() -> wrongUse("'%s' is no way to select.".formatted(method))));
    }
    return contenders;
  }

  private void checkNumbers() {
    if (suites.isEmpty() == corpora.isEmpty()) {
      throw wrongUse("either --suite or --corpus is needed.");
    }
    if (threads < 1 || length < 1 || heal.stream().anyMatch(steps -> steps < 0)) {
      throw wrongUse("--threads and --length are at least 1, --heal at least 0.");
    }
    if (shares.stream().anyMatch(share -> !(share > 0 && share <= 1))) {
      throw wrongUse("--share lies above 0 and is at most 1.");
    }
  }

  private List<Long> seeds() {
    Matcher span = SPAN.matcher(seeds);
    if (!span.matches()) {
      throw wrongUse("--seeds are such as 1-3 or 7.");
    }
    long from = Long.parseLong(span.group(1));
    long to = span.group(2) == null ? from : Long.parseLong(span.group(2));
    if (to < from || to - from > 99) {
      throw wrongUse("--seeds rise, and are at most 100.");
    }
    List<Long> all = new ArrayList<>();
    for (long seed = from; seed <= to; seed++) {
      all.add(seed);
    }
    return all;
  }

  private ParameterException wrongUse(String reason) {
    return new ParameterException(spec.commandLine(), reason);
  }
}
