package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.ActivationStream;
import ai.hartonomous.interpret.transcoder.ActivationStream.Batch;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.train.CoderTrainer.Measured;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan.Keeping;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan.Stopping;
import ai.hartonomous.interpret.transcoder.train.TrainingProgress.CoderProgress;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Trains one coder for each hook pair of a stream, all on the same tokens.
///
/// The same stream, recipe and plan give the same coders, bit for bit: on any number of threads,
/// and also where the training was stopped or killed in between and goes on from its kept state.
public final class CoderTraining {
  /// Tokens from which means and norms are taken before the first step.
  private static final int STATISTICS_TOKENS = 16_384;

  private final CoderRecipe recipe;
  private final ActivationStream stream;
  private final TrainingPlan plan;
  private final InstantSource clock;
  private final MlpResponse response;
  private final List<CoderTrainer> trainers = new ArrayList<>();
  private final long[] stepsDone = new long[1];

  /// Measurements on held-out values: the best mean so far, and how many since were no better.
  private final double[] best = {Double.POSITIVE_INFINITY, 0};

  private final double[] heldOut;

  /// Sums since the last report, and what they count: kept too, so that reports stay the same.
  private final double[] unexplained;

  private final double[] active;
  private final double[] dead;
  private final double[] stepsSummed = new double[1];

  /// Prepares a training.
  ///
  /// @param recipe what to train
  /// @param stream what to train on; stays the caller's
  /// @param plan how to run it
  /// @param clock for the rate in reports
  public CoderTraining(
      CoderRecipe recipe, ActivationStream stream, TrainingPlan plan, InstantSource clock) {
    this(recipe, stream, plan, clock, CoderTraining::noModel);
  }

  /// Prepares a training whose first weights may ask the model.
  ///
  /// @param recipe what to train
  /// @param stream what to train on; stays the caller's
  /// @param plan how to run it
  /// @param clock for the rate in reports
  /// @param response answers before the first step
  public CoderTraining(
      CoderRecipe recipe,
      ActivationStream stream,
      TrainingPlan plan,
      InstantSource clock,
      MlpResponse response) {
    this.response = response;
    this.recipe = recipe;
    this.stream = stream;
    this.plan = plan;
    this.clock = clock;
    int pairs = stream.pairs().size();
    heldOut = new double[pairs];
    Arrays.fill(heldOut, Double.NaN);
    unexplained = new double[pairs];
    active = new double[pairs];
    dead = new double[pairs];
  }

  private static Matrix noModel(HookPair pair, Matrix x) {
    throw new IllegalArgumentException(
        "the first weights of the coder of %s need the model".formatted(pair.reads().path()));
  }

  /// Trains to the last step, or until the plan stops it. Where a kept state exists, goes on from
  /// it. Interrupting the thread ends it after the step, with the state kept.
  ///
  /// @param reports receives a report every few steps and at the end, on the caller's thread
  /// @return the coders
  /// @throws TrainingException if a loss is no longer a number, or the kept state belongs to
  ///   another training
  /// @throws IOException if the stream or the kept state cannot be read or written
  /// @throws InterruptedException if the thread was interrupted
  public TrainingResult run(Consumer<TrainingProgress> reports)
      throws IOException, InterruptedException {
    try (Workers workers = new Workers(plan.threads(), stream.pairs().size())) {
      begin(workers);
      Instant start = clock.instant();
      int first = (int) stepsDone[0];
      boolean stopped = isOver();
      if (stopped || first == recipe.steps()) {
        reports.accept(report(first, start));
      }
      while (stepsDone[0] < recipe.steps() && !stopped) {
        step(workers);
        int step = (int) stepsDone[0];
        stopped = measure(step, workers);
        boolean last = step == recipe.steps() || stopped;
        if (step % plan.reportEvery() == 0 || last) {
          reports.accept(report(first, start));
        }
        boolean interrupted = Thread.interrupted();
        keep(step, last || interrupted);
        if (interrupted) {
          throw new InterruptedException("training stopped after step " + step);
        }
      }
      return new TrainingResult(
          trainers.stream().map(CoderTrainer::coder).toList(),
          (int) stepsDone[0],
          stepsDone[0] * stream.rows(),
          stopped);
    }
  }

  private void begin(Workers workers) throws IOException, InterruptedException {
    Batch batch = stream.read(0);
    for (int i = 0; i < stream.pairs().size(); i++) {
      int in = batch.x().get(i).cols();
      int out = batch.y().get(i).cols();
      trainers.add(new CoderTrainer(recipe, stream.pairs().get(i), in, out));
    }
    Optional<Keeping> keeping = plan.keeping();
    if (keeping.isPresent() && Files.exists(keeping.get().file())) {
      TrainingState.read(keeping.get().file(), identity(), numbers());
      return;
    }
    List<PairStatistics> statistics = statistics();
    Batch first = stream.read(0);
    // One after the other: they may all ask the same model.
    for (int i = 0; i < trainers.size(); i++) {
      Matrix x = first.x().get(i);
      Matrix y = first.y().get(i);
      trainers.get(i).begin(statistics.get(i), x, y, response, workers.first());
    }
  }

  private List<PairStatistics> statistics() throws IOException, InterruptedException {
    int batches = Math.min(recipe.steps(), Math.ceilDiv(STATISTICS_TOKENS, stream.rows()));
    List<PairStatistics> statistics = new ArrayList<>();
    for (CoderTrainer trainer : trainers) {
      statistics.add(
          new PairStatistics(trainer.variables.inputWidth, trainer.variables.outputWidth));
    }
    for (int b = 0; b < batches; b++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("training stopped before the first step");
      }
      Batch batch = stream.read(b);
      for (int i = 0; i < statistics.size(); i++) {
        statistics.get(i).add(batch.x().get(i), batch.y().get(i));
      }
    }
    return statistics;
  }

  private void step(Workers workers) throws IOException {
    int step = (int) stepsDone[0];
    if (step % plan.reportEvery() == 0) {
      Arrays.fill(unexplained, 0);
      Arrays.fill(active, 0);
      stepsSummed[0] = 0;
    }
    Batch batch = stream.read(step);
    Measured[] measured = new Measured[trainers.size()];
    workers.each(
        (i, tools) ->
            measured[i] = trainers.get(i).step(batch.x().get(i), batch.y().get(i), step, tools));
    for (int i = 0; i < measured.length; i++) {
      if (!Double.isFinite(measured[i].unexplained())) {
        throw new TrainingException(
            "coder of %s at step %d: expected a finite loss, found %s"
                .formatted(trainers.get(i).pair.reads().path(), step, measured[i].unexplained()));
      }
      unexplained[i] += measured[i].unexplained();
      active[i] += measured[i].active();
      dead[i] = measured[i].dead();
    }
    stepsSummed[0]++;
    stepsDone[0]++;
  }

  /// {@return whether the plan stops the training now}
  private boolean measure(int step, Workers workers) throws IOException {
    if (plan.stopping().isEmpty() || step % plan.stopping().get().every() != 0) {
      return false;
    }
    Stopping stopping = plan.stopping().get();
    HeldOut[] sums = new HeldOut[trainers.size()];
    Arrays.setAll(sums, i -> new HeldOut(trainers.get(i).coder()));
    for (int b = 0; b < stopping.batches(); b++) {
      Batch batch = stopping.heldOut().read(b);
      workers.each((i, tools) -> sums[i].add(batch.x().get(i), batch.y().get(i), tools.kernels()));
    }
    double mean = 0;
    for (int i = 0; i < sums.length; i++) {
      heldOut[i] = sums[i].unexplained();
      mean += heldOut[i] / sums.length;
    }
    best[1] = mean < best[0] ? 0 : best[1] + 1;
    best[0] = Math.min(best[0], mean);
    return isOver();
  }

  private boolean isOver() {
    return plan.stopping().isPresent() && best[1] >= plan.stopping().get().patience();
  }

  private void keep(int step, boolean must) throws IOException {
    if (plan.keeping().isPresent() && (must || step % plan.keeping().get().every() == 0)) {
      TrainingState.write(plan.keeping().get().file(), identity(), numbers());
    }
  }

  /// What a kept state must agree in to belong to this training.
  private String identity() {
    var text = new StringBuilder();
    text.append(recipe).append('\n').append(stream.identity()).append('\n');
    for (HookPair pair : stream.pairs()) {
      text.append(pair.reads().path()).append(" -> ").append(pair.writes().path()).append('\n');
    }
    plan.stopping()
        .ifPresent(
            s ->
                text.append(
                    "%s, %d batches, every %d, patience %d\n"
                        .formatted(s.heldOut().identity(), s.batches(), s.every(), s.patience())));
    return text.toString();
  }

  private TrainingState.Numbers numbers() {
    List<long[]> longs = new ArrayList<>(List.of(stepsDone));
    List<double[]> doubles =
        new ArrayList<>(List.of(best, heldOut, unexplained, active, dead, stepsSummed));
    List<float[]> floats = new ArrayList<>();
    for (CoderTrainer trainer : trainers) {
      longs.add(trainer.activity.lastActive);
      longs.add(trainer.activity.tokens);
      doubles.add(trainer.scalars);
      floats.addAll(trainer.variables.numbers());
    }
    return new TrainingState.Numbers(longs, doubles, floats);
  }

  private TrainingProgress report(int first, Instant start) {
    List<CoderProgress> coders = new ArrayList<>();
    for (int i = 0; i < trainers.size(); i++) {
      coders.add(
          new CoderProgress(
              stream.pairs().get(i),
              unexplained[i] / stepsSummed[0],
              active[i] / stepsSummed[0],
              dead[i] / recipe.latents(),
              heldOut[i]));
    }
    int step = (int) stepsDone[0];
    double seconds = Duration.between(start, clock.instant()).toNanos() / 1e9;
    double perStep = step > first ? seconds / (step - first) : 0;
    return new TrainingProgress(
        step,
        recipe.steps(),
        (long) step * stream.rows(),
        perStep > 0 ? stream.rows() / perStep : 0,
        Duration.ofMillis(Math.round(1000 * perStep * (recipe.steps() - step))),
        coders);
  }
}
