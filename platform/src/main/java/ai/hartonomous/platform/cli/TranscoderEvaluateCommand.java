package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.ModelStream;
import ai.hartonomous.interpret.evaluate.Evaluation;
import ai.hartonomous.interpret.evaluate.Evaluation.Baseline;
import ai.hartonomous.interpret.evaluate.Evaluation.Plan;
import ai.hartonomous.interpret.evaluate.Evaluation.Positions;
import ai.hartonomous.interpret.evaluate.Evaluation.Progress;
import ai.hartonomous.interpret.evaluate.EvaluationReport;
import ai.hartonomous.interpret.evaluate.LinearMap;
import ai.hartonomous.interpret.evaluate.Stability;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous transcoder evaluate`: how good coders are on text they were not trained on.
@Command(
    name = "evaluate",
    description =
        "Measures coders on held-out text: what they miss, how sparse they are, and what the model"
            + " loses when they speak in its place.",
    mixinStandardHelpOptions = true)
final class TranscoderEvaluateCommand implements Callable<Integer> {
  private static final int ROWS = 1024;
  private static final double SUSPICIOUS = 1.5;

  @Spec private CommandSpec spec;
  @Mixin private ModelSource source;
  @Mixin private CorpusOptions corpus;
  @Mixin private ReportOption report;

  @Option(
      names = "--coders",
      required = true,
      paramLabel = "DIR",
      description = "Folder of coders: a store of ours, of sparsify or of SAELens.")
  private Path coders = Path.of("");

  @Option(
      names = "--layers",
      split = ",",
      paramLabel = "L",
      description = "Only coders of these layers, from 0, between commas (default: all).")
  private List<Integer> layers = List.of();

  @Option(
      names = "--spare-special",
      description =
          "Special tokens keep the model's own values (default: coders speak everywhere).")
  private boolean spareSpecial;

  @Option(
      names = "--no-ablation",
      description = "Leaves out zero and mean ablation, and so the scores of recovery.")
  private boolean noAblation;

  @Option(
      names = "--linear-documents",
      split = ",",
      paramLabel = "FROM-TO",
      description =
          "Fits the best linear maps on these documents of the corpus and measures them beside the"
              + " coders (default: none).")
  private List<String> linearDocuments = List.of();

  @Option(
      names = "--other-seed",
      paramLabel = "DIR",
      description =
          "Coders of the same values from another seed: says how many latents both have found"
              + " (default: none).")
  private @Nullable Path otherSeed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads; part of what decides the last bits (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws IOException {
    if (threads < 1) {
      throw source.wrongUse("--threads must be at least 1.");
    }
    List<SparseCoder> chosen = chosen();
    try (Checkpoint checkpoint = source.open();
        Kernels kernels = Kernels.of(threads)) {
      Tokenizer tokenizer = source.tokenizer();
      var transformer = new Transformer(checkpoint.load(), kernels);
      CorpusText text = corpus.text(tokenizer);
      EvaluationReport measured = evaluate(transformer, text, chosen, baselines());
      EvaluationReport linear = null;
      if (!linearDocuments.isEmpty()) {
        String hash = checkpoint.contentHash();
        CorpusText training = corpus.textOf(linearDocuments, tokenizer);
        List<SparseCoder> maps = maps(transformer, hash, training, chosen);
        linear = evaluate(transformer, text, maps, Set.of());
      }
      answer(measured, linear, stabilities(chosen, kernels));
    }
    return 0;
  }

  private List<SparseCoder> chosen() throws IOException {
    List<SparseCoder> all = Coders.read(coders);
    List<SparseCoder> chosen =
        all.stream()
            .filter(coder -> layers.isEmpty() || layers.contains(coder.writes().layer()))
            .toList();
    if (chosen.isEmpty()) {
      throw source.wrongUse("%s has no coder of layers %s".formatted(coders, layers));
    }
    return chosen;
  }

  private Set<Baseline> baselines() {
    return noAblation ? Set.of() : Set.of(Baseline.values());
  }

  private EvaluationReport evaluate(
      Transformer transformer, CorpusText text, List<SparseCoder> measured, Set<Baseline> baselines)
      throws IOException {
    Positions positions = spareSpecial ? Positions.COUNTED : Positions.ALL;
    int tokens = Plan.of(text, transformer.config()).tokensPerPass();
    var plan = new Plan(text, tokens, positions, baselines);
    try (var line =
        new ProgressLine<>(spec.commandLine().getErr(), TranscoderEvaluateCommand::line)) {
      return new Evaluation(transformer, plan, line::show).run(measured);
    } catch (IllegalArgumentException e) {
      throw source.wrongUse("" + e.getMessage());
    }
  }

  private List<SparseCoder> maps(
      Transformer transformer, String hash, CorpusText text, List<SparseCoder> coders)
      throws IOException {
    List<HookPair> pairs = new ArrayList<>();
    for (SparseCoder coder : coders) {
      var pair = new HookPair(coder.reads(), coder.writes());
      if (!pair.isAutoencoder()) { // the best linear map of a value to itself is no news
        pairs.add(pair);
      }
    }
    if (pairs.isEmpty()) {
      throw source.wrongUse("--linear-documents: all coders here are autoencoders.");
    }
    var settings = new ModelStream.Settings(ROWS, ROWS, 2 * ROWS, 0);
    try (var stream = new ModelStream(transformer, hash, text, pairs, settings)) {
      return LinearMap.fit(stream, Math.max(1, stream.countRows() / ROWS));
    }
  }

  /// {@return one for each coder that has a counterpart, by the place it writes}
  private Map<String, Stability> stabilities(List<SparseCoder> chosen, Kernels kernels)
      throws IOException {
    Map<String, Stability> stabilities = new LinkedHashMap<>();
    List<SparseCoder> others = otherSeed == null ? List.of() : Coders.read(otherSeed);
    for (SparseCoder coder : chosen) {
      for (SparseCoder other : others) {
        boolean same = coder.reads().equals(other.reads()) && coder.writes().equals(other.writes());
        if (same) {
          stabilities.put(coder.writes().path(), Stability.of(coder, other, kernels));
        }
      }
    }
    if (otherSeed != null && stabilities.isEmpty()) {
      throw source.wrongUse(otherSeed + " has no coder of the same values");
    }
    return stabilities;
  }

  private void answer(
      EvaluationReport measured,
      @Nullable EvaluationReport linear,
      Map<String, Stability> stabilities)
      throws IOException {
    ObjectNode figures = EvaluationText.json(measured, linear);
    EvaluationText.put(figures, stabilities);
    warn(measured);
    if (source.asJson()) {
      source.print(figures);
    } else {
      EvaluationText.table(measured, linear).forEach(source::print);
      EvaluationText.lines(stabilities).forEach(source::print);
    }
    List<Path> read = new ArrayList<>(List.of(source.path(), coders));
    if (otherSeed != null) {
      read.add(otherSeed);
    }
    read.addAll(corpus.files());
    report.write(read, figures);
  }

  /// A coder this bad was most likely made for other values.
  private void warn(EvaluationReport measured) {
    for (EvaluationReport.CoderReport coder : measured.coders()) {
      double fvu = coder.reconstruction().fvu().value();
      if (fvu > SUSPICIOUS) {
        spec.commandLine()
            .getErr()
            .println(
                "%s: %.2f of the variance unexplained; was the coder made for this model, hook point"
                        .formatted(coder.coder().writes().path(), fvu)
                    + " and normalisation?");
      }
    }
  }

  private static String line(Progress progress) {
    return progress.pass() == 1
        ? "means: %d sequences".formatted(progress.sequences())
        : "%3d %%  %d of %d sequences"
            .formatted(
                100 * progress.sequences() / progress.all(), progress.sequences(), progress.all());
  }
}
