package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.interchange.CoderNotes;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.interchange.StoredCoder;
import ai.hartonomous.interpret.transcoder.StoredStream;
import ai.hartonomous.interpret.transcoder.train.CoderOptimizer;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe;
import ai.hartonomous.interpret.transcoder.train.CoderTraining;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan;
import ai.hartonomous.interpret.transcoder.train.TrainingProgress.CoderProgress;
import ai.hartonomous.interpret.transcoder.train.TrainingResult;
import ai.hartonomous.platform.job.JobOutcome;
import ai.hartonomous.platform.job.JobWorker;
import ai.hartonomous.platform.job.RunningJob;
import ai.hartonomous.platform.registry.Models;
import ai.hartonomous.platform.registry.Models.RegisteredModel;
import ai.hartonomous.platform.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Trains a coder on values that the caller brings, and keeps it among the transcoders of the
/// model: the work behind the database procedure `TRAIN_SKIP_TRANSCODER`.
@Component
class ActivationTraining implements JobWorker {

  private static final int MOST_EPOCHS = 100_000;
  private static final int REPORT_EVERY = 100;

  private final AnalysisJob analyses;
  private final Models models;
  private final Folders folders;
  private final JsonMapper json;
  private final InstantSource clock = InstantSource.system();

  ActivationTraining(AnalysisJob analyses, Models models, Folders folders, JsonMapper json) {
    this.analyses = analyses;
    this.models = models;
    this.folders = folders;
    this.json = json;
  }

  /// What to do.
  ///
  /// @param modelId the model that the values are of
  /// @param activationData the values, see {@link ActivationRows}
  /// @param epochs how often to go through them
  /// @param learningRate highest step
  record Order(UUID modelId, String activationData, int epochs, double learningRate) {}

  /// What was trained.
  ///
  /// @param literal whether it was the specification's literal coder, which learns nothing
  /// @param rows rows that were trained on
  /// @param steps steps done
  /// @param coders how it did at the end, as after other trainings
  /// @param epochs how it did after every hundredth epoch and the last
  record Report(
      boolean literal,
      int rows,
      int steps,
      List<TranscoderAnalysis.Coder> coders,
      List<Epoch> epochs) {}

  /// How far a training was.
  ///
  /// @param epoch epochs done
  /// @param loss share of variance unexplained, mean since the last report
  record Epoch(int epoch, double loss) {}

  /// What an analysis of this kind says it was asked for.
  ///
  /// @param epochs how often to go through the values
  /// @param learningRate highest step
  /// @param rows number of rows
  record Asked(int epochs, double learningRate, int rows) {}

  @Override
  public String kind() {
    return "skip_transcoder";
  }

  @Override
  public JobOutcome run(RunningJob job) throws IOException, InterruptedException {
    Order order = job.request(Order.class);
    if (order.epochs < 1 || order.epochs > MOST_EPOCHS) {
      return new JobOutcome.Failed("epochs must be 1 to %,d".formatted(MOST_EPOCHS));
    }
    if (!(order.learningRate > 0 && order.learningRate <= 1)) {
      return new JobOutcome.Failed("learning_rate must be above 0 and at most 1");
    }
    RegisteredModel model = models.require(order.modelId);
    Path incoming = folders.create();
    try {
      ActivationRows rows = ActivationRows.parse(order.activationData, json);
      rows.check(LoadedModel.config(model));
      Path folder = Files.createDirectory(incoming.resolve("transcoders"));
      Report report = train(job, order, rows, model, folder);
      var asked = new Asked(order.epochs, order.learningRate, rows.count());
      var kept =
          new AnalysisJob.Order(order.modelId, AnalysisKind.TRANSCODERS, json.valueToTree(asked));
      UUID id = analyses.keep(job, kept, report, folder);
      return new JobOutcome.Succeeded(new AnalysisJob.Result(AnalysisKind.TRANSCODERS, id));
    } catch (IllegalArgumentException e) { // what the caller brought does not fit
      return new JobOutcome.Failed(String.valueOf(e.getMessage()));
    } finally {
      Folders.delete(incoming);
    }
  }

  private Report train(
      RunningJob job, Order order, ActivationRows rows, RegisteredModel model, Path folder)
      throws IOException, InterruptedException {
    int steps = Math.multiplyExact(order.epochs, rows.batches());
    CoderRecipe recipe = recipe(order, rows, steps);
    var plan =
        new TrainingPlan(
            Runtime.getRuntime().availableProcessors(),
            Math.multiplyExact(REPORT_EVERY, rows.batches()),
            Optional.empty(),
            Optional.empty());
    List<Epoch> epochs = new ArrayList<>();
    var reported = new AtomicReference<CoderProgress>();
    try (StoredStream stream = rows.stream(recipe.seed())) {
      TrainingResult result =
          new CoderTraining(recipe, stream, plan, clock)
              .run(
                  progress -> {
                    CoderProgress coder = progress.coders().getFirst();
                    reported.set(coder);
                    int epoch = progress.step() / rows.batches();
                    epochs.add(new Epoch(epoch, coder.unexplained()));
                    double done = (double) progress.step() / steps;
                    String text = "Epoch %d: Loss = %s".formatted(epoch, coder.unexplained());
                    job.progress("training", done, text);
                  });
      CoderProgress last = Objects.requireNonNull(reported.get());
      var metrics = Map.of("training_fvu", last.unexplained());
      var notes =
          new CoderNotes(recipe.seed(), result.tokens(), model.contentHash(), metrics, null);
      Coders.write(folder, new StoredCoder(result.coders().getFirst(), notes));
      var coder = coder(rows, recipe, last);
      return new Report(rows.literal(), rows.count(), result.steps(), List.of(coder), epochs);
    }
  }

  private static TranscoderAnalysis.Coder coder(
      ActivationRows rows, CoderRecipe recipe, CoderProgress last) {
    return new TranscoderAnalysis.Coder(
        rows.pair().reads().path(),
        rows.pair().writes().path(),
        recipe.latents(),
        last.unexplained(),
        last.active(),
        last.deadShare(),
        null);
  }

  private static CoderRecipe recipe(Order order, ActivationRows rows, int steps) {
    long seed = 1;
    CoderRecipe recipe =
        rows.literal()
            ? CoderRecipe.literalSpecification(rows.width(), steps, seed)
            : CoderRecipe.of(
                rows.latents(), rows.k(), steps, CoderRecipe.Revival.USUAL_TOKENS, seed);
    return recipe.with(
        new CoderOptimizer.Adam(
            order.learningRate, Math.min(1000, steps / 10), recipe.optimizer().reach()));
  }
}
