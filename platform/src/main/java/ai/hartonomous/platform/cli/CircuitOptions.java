package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.circuit.ContrastFiles;
import ai.hartonomous.interpret.circuit.ContrastItem;
import ai.hartonomous.interpret.circuit.ContrastPair;
import ai.hartonomous.interpret.circuit.ContrastSuite;
import ai.hartonomous.interpret.circuit.ContrastSuite.Unusable;
import ai.hartonomous.interpret.circuit.Corruption;
import ai.hartonomous.interpret.circuit.EdgeScorer;
import ai.hartonomous.interpret.circuit.EdgeScorer.Rule;
import ai.hartonomous.interpret.circuit.IndirectObject;
import ai.hartonomous.interpret.circuit.Method;
import ai.hartonomous.interpret.circuit.Metric;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.samples.skill.Contrasts;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.node.ObjectNode;

/// What both verbs of `circuit` take: the contrast pairs and how edges are scored.
final class CircuitOptions {

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--suite",
      required = true,
      paramLabel = "SUITE",
      description =
          "Contrast pairs: 'agreement' or 'roles' (drawn for the sample models), a file, or a"
              + " folder with the lists of the indirect-object task.")
  private String suite = "";

  @Option(
      names = "--items",
      paramLabel = "N",
      defaultValue = "200",
      description = "Most items to use (default: ${DEFAULT-VALUE}).")
  private int items;

  @Option(
      names = "--skip-unusable",
      description =
          "Leaves out pairs of unequal length or whose answers begin alike, and counts them.")
  private boolean skipUnusable;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      defaultValue = "eap-ig-inputs",
      description =
          "eap, eap-ig-inputs, eap-ig-activations, exact or random (default: ${DEFAULT-VALUE}).")
  private String method = "";

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "5",
      description = "Points between corrupted and clean (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--rule",
      paramLabel = "NAME",
      defaultValue = "left",
      description = "Where the points lie: left or midpoint (default: ${DEFAULT-VALUE}).")
  private String rule = "";

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      defaultValue = "logit-difference",
      description =
          "logit-difference, log-probability-difference, log-probability, divergence or distance"
              + " (default: ${DEFAULT-VALUE}).")
  private String metric = "";

  @Option(
      names = "--corruption",
      paramLabel = "NAME",
      defaultValue = "paired",
      description = "paired, mean or zero (default: ${DEFAULT-VALUE}).")
  private String corruption = "";

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Source of all choices (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--threads", paramLabel = "N", description = "Threads (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  long seed() {
    return seed;
  }

  Metric metric() {
    return choice(Metric.class, "--metric", metric);
  }

  Corruption corruption() {
    return choice(Corruption.class, "--corruption", corruption);
  }

  Method method() {
    return choice(Method.class, "--method", method);
  }

  EdgeScorer.Settings settings() {
    if (steps < 1) {
      throw wrongUse("--steps must be at least 1.");
    }
    Rule points = choice(Rule.class, "--rule", rule);
    if (method() == Method.EAP && metric().isFlatAtClean()) {
      throw wrongUse(
          "--method eap sees slopes at the clean prompt only, and %s has none there."
              .formatted(metric().label()));
    }
    return new EdgeScorer.Settings(method(), steps, points, seed);
  }

  <E extends Enum<E>> E choice(Class<E> type, String option, String value) {
    for (E constant : type.getEnumConstants()) {
      if (label(constant).equals(value)) {
        return constant;
      }
    }
    throw wrongUse("Invalid value for option '%s': '%s'.".formatted(option, value));
  }

  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  ParameterException wrongUse(String reason) {
    return new ParameterException(spec.commandLine(), reason);
  }

  /// {@return kernels on the threads asked for; the caller closes them}
  Kernels kernels() {
    if (threads < 1) {
      throw wrongUse("--threads must be at least 1.");
    }
    return Kernels.of(threads);
  }

  /// {@return a line for progress}
  ProgressLine<String> progress() {
    return new ProgressLine<>(spec.commandLine().getErr(), text -> text);
  }

  private boolean isDrawn() {
    return Contrasts.names().contains(suite);
  }

  /// {@return the files the suite came from}
  List<Path> inputs() {
    return isDrawn() ? List.of() : List.of(Path.of(suite));
  }

  /// Reads the suite as the model reads it.
  ///
  /// @throws IOException if it cannot be read, or an item does not fit the model
  ContrastSuite read(ModelSource source, ModelConfig config) throws IOException {
    if (items < 1) {
      throw wrongUse("--items must be at least 1.");
    }
    ContrastSuite read = unchecked(source);
    for (ContrastItem item : read.items()) {
      check(item, config);
    }
    return read;
  }

  private ContrastSuite unchecked(ModelSource source) throws IOException {
    Path path = Path.of(suite);
    if (!isDrawn() && Files.isRegularFile(path) && ContrastFiles.hasIds(path)) {
      List<ContrastItem> all = ContrastFiles.readItems(path);
      return new ContrastSuite(all.subList(0, Math.min(items, all.size())), Map.of());
    }
    try {
      return ContrastSuite.of(pairs(path), items, source.tokenizer(), unusable(path));
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(suite, e.getMessage()));
    }
  }

  private Iterator<ContrastPair> pairs(Path path) throws IOException {
    if (isDrawn()) {
      return Contrasts.pairs(suite, seed);
    }
    return Files.isDirectory(path)
        ? IndirectObject.read(path).pairs(seed)
        : ContrastFiles.readPairs(path).iterator();
  }

  private Unusable unusable(Path path) {
    boolean drawn = isDrawn() || Files.isDirectory(path); // there are always more
    return skipUnusable || drawn ? Unusable.SKIPPED : Unusable.REFUSED;
  }

  private void check(ContrastItem item, ModelConfig config) throws IOException {
    List<int[]> prompts = new ArrayList<>(List.of(item.clean()));
    int[] corrupted = item.corrupted();
    if (corrupted != null) {
      prompts.add(corrupted);
    } else if (corruption() == Corruption.PAIRED) {
      throw new IOException(
          "%s, item %s: no corrupted prompt; use --corruption mean or zero"
              .formatted(suite, item.id()));
    }
    for (int[] prompt : prompts) {
      String fault = ModelSource.fault(prompt, config);
      if (!fault.isEmpty()) {
        throw new IOException("%s, item %s: %s".formatted(suite, item.id(), fault));
      }
    }
    for (ContrastItem.Target target : item.targets()) {
      checkTarget(item, target, config);
    }
  }

  private void checkTarget(ContrastItem item, ContrastItem.Target target, ModelConfig config)
      throws IOException {
    Metric by = metric();
    boolean compares = by != Metric.DIVERGENCE && by != Metric.DISTANCE;
    if ((compares && target.answers().length == 0)
        || (by.needsWrong() && target.wrong().length == 0)) {
      throw new IOException(
          "%s, item %s: no outputs to compare by %s".formatted(suite, item.id(), by.label()));
    }
    for (int[] outputs : List.of(target.answers(), target.wrong())) {
      for (int output : outputs) {
        if (output < 0 || output >= config.extents().outputs()) {
          throw new IOException(
              "%s, item %s: output %d of %d"
                  .formatted(suite, item.id(), output, config.extents().outputs()));
        }
      }
    }
  }

  /// Writes what was asked for into the figures of a report.
  void describe(ObjectNode figures, ContrastSuite read) {
    figures.put("suite", suite);
    figures.put("items", read.items().size());
    ObjectNode skipped = figures.putObject("skipped");
    read.skipped().forEach(skipped::put);
    figures.put("metric", metric().label());
    figures.put("corruption", corruption().label());
    figures.put("method", method().label());
    if (method() == Method.EAP_IG_INPUTS || method() == Method.EAP_IG_ACTIVATIONS) {
      figures.put("steps", steps).put("rule", rule);
    }
    figures.put("seed", seed);
  }
}
