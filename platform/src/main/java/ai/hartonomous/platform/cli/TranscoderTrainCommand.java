package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.ModelStream;
import ai.hartonomous.interpret.interchange.CoderNotes;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.interchange.StoredCoder;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe;
import ai.hartonomous.interpret.transcoder.train.CoderTraining;
import ai.hartonomous.interpret.transcoder.train.MlpResponse;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan.Keeping;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan.Stopping;
import ai.hartonomous.interpret.transcoder.train.TrainingProgress;
import ai.hartonomous.interpret.transcoder.train.TrainingProgress.CoderProgress;
import ai.hartonomous.interpret.transcoder.train.TrainingResult;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous transcoder train`: trains a coder for each of a model's layers at once.
@Command(
    name = "train",
    description = "Trains sparse coders on what a model computes while it reads a text.",
    mixinStandardHelpOptions = true)
final class TranscoderTrainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private ModelSource source;
  @Mixin private CorpusOptions corpus;
  @Mixin private RecipeOptions recipe;
  @Mixin private ReportOption report;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the coders; the state of the run stands beside it in DIR.state.")
  private Path out = Path.of("");

  @Option(
      names = "--layers",
      split = ",",
      paramLabel = "L",
      description = "Layers, from 0, between commas (default: all).")
  private List<Integer> layers = List.of();

  @Option(
      names = "--autoencoder",
      paramLabel = "SITE",
      description =
          "Trains autoencoders there instead of transcoders of the MLPs: residual_after,"
              + " mlp_output, ...")
  private @Nullable Site site;

  @Option(
      names = "--batch",
      paramLabel = "R",
      defaultValue = "2048",
      description = "Tokens in a step (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "Threads; part of what decides the bytes (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--held-out",
      paramLabel = "FILE",
      description = "Text to measure on every 100 steps, not to learn from.")
  private List<Path> heldOut = List.of();

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Ends after that many measurements without improvement (default: never).")
  private int patience;

  @Option(
      names = "--keep-every",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Steps between two states that are kept (default: ${DEFAULT-VALUE}).")
  private int keepEvery;

  @Option(names = "--resume", description = "Goes on from DIR.state with the same options.")
  private boolean resume;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (rows < 1 || threads < 1 || keepEvery < 1 || patience < 0) {
      throw source.wrongUse("--batch, --threads and --keep-every must be at least 1.");
    }
    Path state = out.resolveSibling(out.getFileName() + ".state");
    if (!resume && Files.exists(state)) {
      throw new IOException("%s exists; --resume goes on from it".formatted(state));
    }
    if (Files.exists(out)) {
      throw new IOException(out + " exists");
    }
    try (Checkpoint checkpoint = source.open();
        Kernels kernels = Kernels.of(threads)) {
      Model model = checkpoint.load();
      var transformer = new Transformer(model, kernels);
      Tokenizer tokenizer = source.tokenizer();
      train(transformer, checkpoint.contentHash(), tokenizer, state);
    }
    Files.deleteIfExists(state);
    return 0;
  }

  private void train(Transformer transformer, String hash, Tokenizer tokenizer, Path state)
      throws IOException, InterruptedException {
    List<HookPair> pairs = pairs(transformer.config().layers().size());
    var settings = ModelStream.Settings.of(rows, recipe.seed());
    try (var stream = stream(transformer, hash, () -> corpus.text(tokenizer), pairs, settings);
        var measured =
            heldOut.isEmpty()
                ? null
                : stream(
                    transformer, hash, () -> corpus.text(heldOut, tokenizer), pairs, settings)) {
      TrainingPlan plan = TrainingPlan.of(threads).with(new Keeping(state, keepEvery));
      if (measured != null) {
        int most = patience > 0 ? patience : Integer.MAX_VALUE;
        plan = plan.with(new Stopping(measured, 4, 100, most));
      }
      CoderRecipe chosen = chosen(stream.read(0).x().getFirst().cols());
      var training =
          new CoderTraining(
              chosen, stream, plan, InstantSource.system(), MlpResponse.of(transformer));
      var last = new Last();
      try (var line = new ProgressLine<>(spec.commandLine().getErr(), Last::line)) {
        TrainingResult result =
            training.run(
                progress -> {
                  last.report = progress;
                  line.show(progress);
                });
        write(result, last.report(), hash);
        ObjectNode figures = figures(result, last.report());
        List<Path> read = new ArrayList<>(List.of(source.path()));
        read.addAll(corpus.files());
        read.addAll(heldOut);
        report.write(read, figures, out);
        print(figures, result, last.report());
      }
    }
  }

  private ModelStream stream(
      Transformer transformer,
      String hash,
      Supplier<CorpusText> text,
      List<HookPair> pairs,
      ModelStream.Settings settings)
      throws IOException {
    try {
      return new ModelStream(transformer, hash, text.get(), pairs, settings);
    } catch (IllegalArgumentException e) {
      throw source.wrongUse("" + e.getMessage());
    }
  }

  private CoderRecipe chosen(int width) {
    try {
      return recipe.recipe(width, rows, site != null);
    } catch (IllegalArgumentException e) {
      throw source.wrongUse("" + e.getMessage());
    }
  }

  private List<HookPair> pairs(int count) {
    List<Integer> wanted = layers.isEmpty() ? IntStream.range(0, count).boxed().toList() : layers;
    List<HookPair> pairs = new ArrayList<>();
    for (int layer : wanted) {
      Site place = recipe.isLiteral() && site == null ? Site.MLP_INPUT : site;
      if (place == null) {
        pairs.add(HookPair.mlp(layer));
      } else {
        pairs.add(new HookPair(new HookPoint(place, layer), new HookPoint(place, layer)));
      }
    }
    return pairs;
  }

  private void write(TrainingResult result, TrainingProgress last, String hash) throws IOException {
    for (int i = 0; i < result.coders().size(); i++) {
      CoderProgress measured = last.coders().get(i);
      Map<String, Double> metrics = new TreeMap<>();
      metrics.put("training_fvu", measured.unexplained());
      metrics.put("training_l0", measured.active());
      metrics.put("training_dead_share", measured.deadShare());
      if (!Double.isNaN(measured.heldOut())) {
        metrics.put("held_out_fvu", measured.heldOut());
      }
      SparseCoder coder = result.coders().get(i);
      var notes = new CoderNotes(recipe.seed(), result.tokens(), hash, metrics, null);
      Coders.write(out, new StoredCoder(coder, notes));
    }
  }

  private void print(ObjectNode figures, TrainingResult result, TrainingProgress last) {
    if (!source.asJson()) {
      source.print(
          "%d coders after %d steps, %d tokens, %.0f tokens/s, written to %s"
              .formatted(
                  result.coders().size(),
                  result.steps(),
                  result.tokens(),
                  last.rateTokensPerSecond(),
                  out));
      for (CoderProgress coder : last.coders()) {
        source.print(
            "  %-24s %.4f of variance unexplained, %.1f active, %.1f %% dead%s"
                .formatted(
                    coder.pair().reads().path(),
                    coder.unexplained(),
                    coder.active(),
                    100 * coder.deadShare(),
                    Double.isNaN(coder.heldOut())
                        ? ""
                        : ", held out %.4f".formatted(coder.heldOut())));
      }
      return;
    }
    ObjectNode json = ModelSource.mapper().createObjectNode().put("folder", out.toString());
    json.setAll(figures).put("tokens_per_second", last.rateTokensPerSecond());
    source.print(json);
  }

  private static ObjectNode figures(TrainingResult result, TrainingProgress last) {
    ObjectNode json = ModelSource.mapper().createObjectNode();
    json.put("steps", result.steps()).put("tokens", result.tokens());
    json.put("stopped_early", result.stoppedEarly());
    var coders = json.putArray("coders");
    for (CoderProgress coder : last.coders()) {
      ObjectNode one = coders.addObject();
      one.put("reads", coder.pair().reads().path()).put("writes", coder.pair().writes().path());
      one.put("training_fvu", coder.unexplained()).put("training_l0", coder.active());
      one.put("training_dead_share", coder.deadShare());
      if (!Double.isNaN(coder.heldOut())) {
        one.put("held_out_fvu", coder.heldOut());
      }
    }
    return json;
  }

  /// The last report of a training.
  private static final class Last {
    private @Nullable TrainingProgress report;

    TrainingProgress report() {
      if (report == null) {
        throw new IllegalStateException("a training that ended has reported");
      }
      return report;
    }

    static String line(TrainingProgress p) {
      double unexplained = 0;
      double dead = 0;
      for (CoderProgress coder : p.coders()) {
        unexplained += coder.unexplained() / p.coders().size();
        dead = Math.max(dead, coder.deadShare());
      }
      return String.format(
          Locale.ROOT,
          "step %d of %d, %.4f unexplained, at most %.1f %% dead, %.0f tokens/s, %ds left",
          p.step(),
          p.steps(),
          unexplained,
          100 * dead,
          p.rateTokensPerSecond(),
          p.left().toSeconds());
    }
  }
}
