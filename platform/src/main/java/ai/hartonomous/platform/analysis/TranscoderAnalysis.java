package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.capture.ModelStream;
import ai.hartonomous.interpret.interchange.CoderNotes;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.interchange.StoredCoder;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Revival;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Skip;
import ai.hartonomous.interpret.transcoder.train.CoderTraining;
import ai.hartonomous.interpret.transcoder.train.MlpResponse;
import ai.hartonomous.interpret.transcoder.train.TrainingException;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan.Keeping;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan.Stopping;
import ai.hartonomous.interpret.transcoder.train.TrainingProgress;
import ai.hartonomous.interpret.transcoder.train.TrainingProgress.CoderProgress;
import ai.hartonomous.interpret.transcoder.train.TrainingResult;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.platform.corpus.Corpora;
import ai.hartonomous.platform.registry.Models.RegisteredModel;
import ai.hartonomous.platform.vector.Embeddings;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Trains transcoders of a model's MLPs.
@Component
class TranscoderAnalysis implements Analysis<TranscoderRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(TranscoderAnalysis.class);

  /// Copies of each weight: itself, its gradient, and the optimiser's two means.
  private static final int COPIES = 4;

  private final Corpora corpora;
  private final Embeddings embeddings;
  private final InstantSource clock = InstantSource.system();

  TranscoderAnalysis(Corpora corpora, Embeddings embeddings) {
    this.corpora = corpora;
    this.embeddings = embeddings;
  }

  /// What was trained.
  ///
  /// @param steps steps done
  /// @param tokens tokens that each coder has seen
  /// @param coders how each did at the end
  record Report(int steps, long tokens, List<Coder> coders) {}

  /// One transcoder.
  ///
  /// @param reads hook point of its input
  /// @param writes hook point of its target
  /// @param latents its latents
  /// @param unexplained share of variance it missed in the last batches before learning from them
  /// @param active mean number of active latents of a token
  /// @param deadShare share of latents that count as dead
  /// @param heldOutUnexplained share of variance it missed on held-out text, or null
  record Coder(
      String reads,
      String writes,
      int latents,
      double unexplained,
      double active,
      double deadShare,
      @Nullable Double heldOutUnexplained) {}

  @Override
  public AnalysisKind kind() {
    return AnalysisKind.TRANSCODERS;
  }

  @Override
  public Class<TranscoderRequest> request() {
    return TranscoderRequest.class;
  }

  @Override
  public void check(UUID modelId, TranscoderRequest request) {
    corpora.require("corpusId", request.corpusId());
    if (request.heldOutCorpusId() != null) {
      corpora.require("heldOutCorpusId", request.heldOutCorpusId());
    }
  }

  @Override
  public long memoryBytes(RegisteredModel model, TranscoderRequest request) {
    try (Checkpoint checkpoint = Checkpoints.open(model.path())) {
      ModelConfig config = checkpoint.config();
      int coders = pairs(request, config).size();
      return model.weightBytes() + bytes(latents(request, config), coders, config.width());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void forget(UUID id) {
    embeddings.forgetSource(id);
  }

  @Override
  public Report run(Task task, TranscoderRequest asked) throws IOException, InterruptedException {
    TranscoderRequest request = asked.complete();
    try (Kernels kernels = Kernels.of(task.threads())) {
      LoadedModel model = LoadedModel.of(task.model(), kernels);
      ModelConfig config = model.transformer().config();
      List<HookPair> pairs = pairs(request, config);
      refuseTooLarge(latents(request, config), pairs.size(), config.width());
      UUID heldOut = request.heldOutCorpusId();
      try (ModelStream stream = stream(model, request, request.corpusId(), pairs);
          ModelStream measured = heldOut == null ? null : stream(model, request, heldOut, pairs)) {
        TrainingPlan plan = TrainingPlan.of(task.threads());
        if (measured != null) {
          plan = plan.with(new Stopping(measured, 4, 100, Integer.MAX_VALUE));
        }
        return trainOrStartOver(task, recipe(request, config), stream, plan, model);
      }
    }
  }

  /// Goes on from the state that an earlier run of the job kept. Where that is damaged, or does not
  /// fit, since the number of processors has changed, the training starts over.
  private Report trainOrStartOver(
      Task task, CoderRecipe recipe, ModelStream stream, TrainingPlan plan, LoadedModel model)
      throws IOException, InterruptedException {
    Path state = task.job().work().resolve("training");
    TrainingPlan kept = plan.with(new Keeping(state, Math.max(50, recipe.steps() / 50)));
    boolean begun = Files.exists(state);
    try {
      return train(task, recipe, stream, kept, model);
    } catch (TrainingException e) {
      if (!begun) {
        throw e;
      }
      LOG.info("job {} starts over: {}", task.job().id(), e.getMessage());
      task.job().startOver();
      return train(task, recipe, stream, kept, model);
    }
  }

  private Report train(
      Task task, CoderRecipe recipe, ModelStream stream, TrainingPlan plan, LoadedModel model)
      throws IOException, InterruptedException {
    var last = new AtomicReference<TrainingProgress>();
    var training =
        new CoderTraining(recipe, stream, plan, clock, MlpResponse.of(model.transformer()));
    TrainingResult result =
        training.run(
            progress -> {
              last.set(progress);
              task.job().progress("training", share(progress), message(progress));
            });
    List<CoderProgress> measured = Objects.requireNonNull(last.get()).coders();
    List<Coder> coders = new ArrayList<>();
    for (int i = 0; i < result.coders().size(); i++) {
      Coder coder = coder(recipe, measured.get(i));
      var notes =
          new CoderNotes(recipe.seed(), result.tokens(), model.hash(), metrics(coder), null);
      Coders.write(task.folder(), new StoredCoder(result.coders().get(i), notes));
      coders.add(coder);
    }
    return new Report(result.steps(), result.tokens(), coders);
  }

  private static Coder coder(CoderRecipe recipe, CoderProgress measured) {
    double heldOut = measured.heldOut();
    return new Coder(
        measured.pair().reads().path(),
        measured.pair().writes().path(),
        recipe.latents(),
        measured.unexplained(),
        measured.active(),
        measured.deadShare(),
        Double.isNaN(heldOut) ? null : heldOut);
  }

  private static Map<String, Double> metrics(Coder coder) {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("training_fvu", coder.unexplained());
    metrics.put("training_l0", coder.active());
    metrics.put("training_dead_share", coder.deadShare());
    if (coder.heldOutUnexplained() != null) {
      metrics.put("held_out_fvu", coder.heldOutUnexplained());
    }
    return metrics;
  }

  private static double share(TrainingProgress progress) {
    return (double) progress.step() / progress.steps();
  }

  private static String message(TrainingProgress progress) {
    double unexplained =
        progress.coders().stream().mapToDouble(CoderProgress::unexplained).average().orElse(1);
    return "Step %d of %d, %.4f of variance unexplained, %d s left"
        .formatted(progress.step(), progress.steps(), unexplained, progress.left().toSeconds());
  }

  private static List<HookPair> pairs(TranscoderRequest request, ModelConfig config) {
    int count = config.layers().size();
    List<Integer> wanted =
        request.layers() == null ? IntStream.range(0, count).boxed().toList() : request.layers();
    for (int layer : wanted) {
      if (layer >= count || config.layers().get(layer).neurons() == 0) {
        throw Problem.unprocessable("layers", "The model has no MLP in layer %d.".formatted(layer));
      }
    }
    return wanted.stream().distinct().map(HookPair::mlp).toList();
  }

  private static int latents(TranscoderRequest request, ModelConfig config) {
    return Objects.requireNonNullElseGet(
        request.latents(), () -> Math.multiplyExact(32, config.width()));
  }

  private static long bytes(int latents, int coders, int width) {
    return (long) coders * COPIES * 2 * latents * width * Float.BYTES;
  }

  private static void refuseTooLarge(int latents, int coders, int width) {
    long bytes = bytes(latents, coders, width);
    long room = Runtime.getRuntime().maxMemory() / 2;
    if (bytes > room) {
      throw Problem.unprocessable(
          "latents",
          "%d coders of %d latents need %d MiB to train, the server has %d MiB for it; ask for fewer latents or layers."
              .formatted(coders, latents, bytes >> 20, room >> 20));
    }
  }

  private ModelStream stream(
      LoadedModel model, TranscoderRequest request, UUID corpus, List<HookPair> pairs)
      throws IOException {
    var text =
        model.text(corpora.require("corpusId", corpus), Objects.requireNonNull(request.length()));
    var settings =
        ModelStream.Settings.of(
            Objects.requireNonNull(request.batch()), Objects.requireNonNull(request.seed()));
    return new ModelStream(model.transformer(), model.hash(), text, pairs, settings);
  }

  private static CoderRecipe recipe(TranscoderRequest request, ModelConfig config) {
    int steps = Objects.requireNonNull(request.steps());
    long tokens = (long) steps * Objects.requireNonNull(request.batch());
    int latents = latents(request, config);
    CoderRecipe recipe =
        CoderRecipe.of(
            latents,
            Math.min(latents, Objects.requireNonNull(request.k())),
            steps,
            Math.min(Revival.USUAL_TOKENS, Math.max(1, tokens / 10)),
            Objects.requireNonNull(request.seed()));
    return Boolean.TRUE.equals(request.skip()) ? recipe : recipe.with(Skip.NONE);
  }
}
