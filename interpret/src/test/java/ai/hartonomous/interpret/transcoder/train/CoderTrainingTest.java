package ai.hartonomous.interpret.transcoder.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.transcoder.ActivationStream;
import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.interpret.transcoder.StoredStream;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Annealing;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Revival;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Skip;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Start;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan.Keeping;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan.Stopping;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.RowUpdate.DecoderNorm;
import ai.hartonomous.tensor.RowUpdate.Reach;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CoderTrainingTest {
  private static final int STEPS = 40;

  @TempDir private Path folder;

  static Stream<CoderRecipe> recipes() {
    CoderRecipe base =
        CoderRecipe.of(48, 4, STEPS, 300, 9).with(new CoderOptimizer.Adam(3e-3, 5, Reach.EVERY));
    return Stream.of(
        base.with(new Annealing(16, 0.5)),
        base.with(new Sparsity.BatchTopK(4)),
        base.with(Sparsity.JumpRelu.of(4)),
        base.with(new Sparsity.L1(0.01))
            .with(new CoderOptimizer.Signum(1e-3, 0.95, Reach.TOUCHED)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recipes")
  void goesOnBitForBitWhereItWasKilled(CoderRecipe recipe) throws Exception {
    List<SparseCoder> undisturbed = train(recipe, Samples.stream(), TrainingPlan.of(1));
    var random = new SplittableRandom(7);
    Path file = folder.resolve("state");
    TrainingPlan plan = TrainingPlan.of(1).with(new Keeping(file, 3));

    int kills = recipe.sparsity() instanceof Sparsity.TopK ? 10 : 2;
    for (int kill = 0; kill < kills; kill++) {
      int at = random.nextInt(1, STEPS);
      assertThatThrownBy(() -> train(recipe, new Breaking(Samples.stream(), at), plan))
          .isInstanceOf(IOException.class);
      List<SparseCoder> resumed = train(recipe, Samples.stream(), plan);

      assertSame(resumed, undisturbed);
      Files.delete(file);
    }
  }

  @Test
  void goesOnAfterManyKills() throws Exception {
    CoderRecipe recipe = recipes().findFirst().orElseThrow();
    TrainingPlan plan = TrainingPlan.of(1).with(new Keeping(folder.resolve("state"), 1));
    for (int at = 4; at < STEPS; at += 9) {
      int kill = at;
      assertThatThrownBy(() -> train(recipe, new Breaking(Samples.stream(), kill), plan))
          .isInstanceOf(IOException.class);
    }

    assertSame(
        train(recipe, Samples.stream(), plan), train(recipe, Samples.stream(), TrainingPlan.of(1)));
  }

  @Test
  void threadsDoNotChangeABit() throws Exception {
    CoderRecipe recipe = recipes().findFirst().orElseThrow();
    List<SparseCoder> one = train(recipe, Samples.stream(), TrainingPlan.of(1));

    assertSame(train(recipe, Samples.stream(), TrainingPlan.of(2)), one);
    assertSame(train(recipe, Samples.stream(), TrainingPlan.of(5)), one);
  }

  @Test
  void anInterruptionKeepsTheStateAndEnds() throws Exception {
    CoderRecipe recipe = recipes().findFirst().orElseThrow();
    Path file = folder.resolve("state");
    TrainingPlan plan =
        new TrainingPlan(2, 5, Optional.empty(), Optional.empty()).with(new Keeping(file, 1000));
    var training = new CoderTraining(recipe, Samples.stream(), plan, InstantSource.system());

    assertThatThrownBy(() -> training.run(report -> Thread.currentThread().interrupt()))
        .isInstanceOf(InterruptedException.class)
        .hasMessageContaining("step 5");

    assertThat(Thread.interrupted()).isFalse();
    assertSame(
        train(recipe, Samples.stream(), plan), train(recipe, Samples.stream(), TrainingPlan.of(1)));
  }

  @Test
  void refusesTheStateOfAnotherTraining() throws Exception {
    Path file = folder.resolve("state");
    TrainingPlan plan = TrainingPlan.of(1).with(new Keeping(file, 10));
    CoderRecipe recipe = CoderRecipe.of(16, 2, 10, 300, 9);
    train(recipe, Samples.stream(), plan);

    assertThatThrownBy(() -> train(CoderRecipe.of(16, 2, 10, 300, 8), Samples.stream(), plan))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("seed=9")
        .hasMessageContaining("seed=8");
  }

  @Test
  void stopsWhenHeldOutValuesGetNoBetter() throws Exception {
    // The held-out targets have nothing to do with their inputs, so learning cannot help for long.
    CoderRecipe recipe =
        CoderRecipe.of(48, 4, 4000, 300, 9).with(new CoderOptimizer.Adam(3e-3, 5, Reach.EVERY));
    List<TrainingProgress> reports = new ArrayList<>();
    TrainingPlan plan = TrainingPlan.of(1).with(new Stopping(Samples.unrelated(), 2, 10, 3));
    var training = new CoderTraining(recipe, Samples.stream(), plan, InstantSource.system());

    TrainingResult result = training.run(reports::add);

    assertThat(result.stoppedEarly()).isTrue();
    assertThat(result.steps()).isLessThan(4000);
    assertThat(reports.getLast().coders().getFirst().heldOut()).isPositive();
  }

  @Test
  void learnsALinearMapThroughTheSkipAlone() throws Exception {
    CoderRecipe recipe =
        CoderRecipe.of(4, 1, 600, 1_000_000, 1)
            .with(new CoderOptimizer.Adam(2e-2, 10, Reach.EVERY));
    List<TrainingProgress> reports = new ArrayList<>();

    new CoderTraining(recipe, Samples.linear(), TrainingPlan.of(1), InstantSource.system())
        .run(reports::add);

    assertThat(reports.getLast().coders().getFirst().unexplained()).isLessThan(0.01);
    assertThat(reports.getFirst().coders().getFirst().unexplained()).isGreaterThan(0.05);
  }

  @Test
  void theCoderReadsAndWritesTheModelsOwnUnits() throws Exception {
    CoderRecipe recipe =
        CoderRecipe.of(48, 4, 200, 300, 9).with(new CoderOptimizer.Adam(3e-3, 5, Reach.EVERY));
    List<TrainingProgress> reports = new ArrayList<>();
    TrainingPlan plan = new TrainingPlan(1, 1, Optional.empty(), Optional.empty());
    var result =
        new CoderTraining(recipe, Samples.stream(), plan, InstantSource.system()).run(reports::add);
    var heldOut = new HeldOut(result.coders().getFirst());
    try (Tools tools = Tools.of(1)) {
      for (int b = 0; b < 8; b++) {
        var batch = Samples.stream().read(b);
        heldOut.add(batch.x().getFirst(), batch.y().getFirst(), tools.kernels());
      }
    }

    double last = reports.getLast().coders().getFirst().unexplained();
    assertThat(heldOut.unexplained()).isBetween(0.5 * last, 1.5 * last);
  }

  @Test
  void batchTopKIsReadAsOneThresholdThatKeepsAboutAsMany() throws Exception {
    CoderRecipe recipe =
        CoderRecipe.of(48, 4, 300, 1_000_000, 9)
            .with(new Sparsity.BatchTopK(4))
            .with(new CoderOptimizer.Adam(2e-3, 5, Reach.EVERY));

    SparseCoder coder = train(recipe, Samples.stream(), TrainingPlan.of(1)).getFirst();

    assertThat(coder.activation()).isInstanceOf(CoderActivation.JumpRelu.class);
    var latents = new Latents();
    try (Tools tools = Tools.of(1)) {
      coder.encode(Samples.stream().read(3).x().getFirst(), tools.kernels(), latents);
    }
    assertThat((double) latents.size() / latents.rows()).isBetween(3.0, 5.0);
  }

  @Test
  void jumpReluReachesItsTarget() throws Exception {
    CoderRecipe recipe =
        CoderRecipe.of(48, 4, 800, 1_000_000, 9)
            .with(Sparsity.JumpRelu.of(4))
            .with(new CoderOptimizer.Adam(5e-3, 5, Reach.EVERY));
    List<TrainingProgress> reports = new ArrayList<>();

    new CoderTraining(recipe, Samples.stream(), TrainingPlan.of(1), InstantSource.system())
        .run(reports::add);

    assertThat(reports.getLast().coders().getFirst().active()).isBetween(3.0, 5.0);
  }

  /// The literal configuration begins at its trivial solution and stays there.
  @Test
  void theLiteralConfigurationLearnsNothing() throws Exception {
    Matrix x = Samples.random(256, 16, 3);
    var place = new HookPoint(Site.RESIDUAL_AFTER, 0);
    var stream =
        new StoredStream(
            List.of(new HookPair(place, place)),
            new ActivationStream.Batch(List.of(x), List.of(x)),
            64,
            1,
            "random");

    SparseCoder coder =
        train(CoderRecipe.literalSpecification(16, 20, 1), stream, TrainingPlan.of(1)).getFirst();

    assertThat(coder.weights().latents()).isEqualTo(4);
    assertThat(coder.weights().decoder().data()).containsOnly(0f);
    assertThat(coder.weights().decoderBias()).containsOnly(0f);
  }

  /// Half of the latents begin so low that they never win, though some tokens make them positive.
  @Test
  void deadLatentsComeBack() throws Exception {
    CoderRecipe without =
        CoderRecipe.of(96, 3, 300, 2000, 4)
            .with(new CoderOptimizer.Adam(5e-3, 5, Reach.EVERY))
            .with(Skip.NONE)
            .with(new Revival(0, 0, 2000));

    double dead = deadShare(without);
    double revived = deadShare(without.with(Revival.after(2000)));

    assertThat(dead).isGreaterThan(0.3);
    assertThat(revived).isLessThan(dead / 2);
  }

  private static double deadShare(CoderRecipe recipe) throws Exception {
    StoredStream stream = Samples.stream();
    var trainer = new CoderTrainer(recipe, HookPair.mlp(0), 12, 12);
    var statistics = new PairStatistics(12, 12);
    var first = stream.read(0);
    statistics.add(first.x().getFirst(), first.y().getFirst());
    try (Tools tools = Tools.of(1)) {
      trainer.begin(statistics, first.x().getFirst(), first.y().getFirst(), (_, x) -> x, tools);
      for (int i = 0; i < 48; i++) {
        trainer.variables.weights().bias()[i] -= 1.8f;
      }
      for (int step = 0; step < recipe.steps(); step++) {
        var batch = stream.read(step);
        trainer.step(batch.x().getFirst(), batch.y().getFirst(), step, tools);
      }
    }
    return (double) trainer.activity.dead().length / recipe.latents();
  }

  /// An "MLP" that is a fixed linear map: the decoder's first rows are the mapped encoder rows.
  @Test
  void decodersMayBeginAsTheModelsResponse() {
    CoderRecipe recipe = CoderRecipe.of(5, 1, 1, 1, 1).with(Start.MLP_RESPONSE, DecoderNorm.FREE);
    var trainer = new CoderTrainer(recipe, HookPair.mlp(0), 3, 3);
    Matrix x = Samples.random(50, 3, 1);
    Matrix map = Samples.random(3, 3, 2);
    var statistics = new PairStatistics(3, 3);
    statistics.add(x, x);
    try (Tools tools = Tools.of(1)) {
      MlpResponse response =
          (_, in) -> {
            Matrix answer = Matrix.zeros(in.rows(), 3);
            tools.kernels().project(in, map, new float[] {7, 8, 9}, answer);
            return answer;
          };
      trainer.begin(statistics, x, x, response, tools);
      Matrix mapped = Matrix.zeros(5, 3);
      tools.kernels().project(trainer.variables.weights().encoder(), map, null, mapped);

      Matrix decoder = trainer.variables.weights().decoder();
      for (int i = 0; i < 5; i++) {
        double dot = 0;
        double squares = 0;
        for (int c = 0; c < 3; c++) {
          dot += decoder.at(i, c) * mapped.at(i, c);
          squares += mapped.at(i, c) * mapped.at(i, c);
        }
        assertThat(Math.abs(dot) / Math.sqrt(squares)).isCloseTo(1, within(1e-4));
      }
    }
  }

  private static List<SparseCoder> train(
      CoderRecipe recipe, ActivationStream stream, TrainingPlan plan) throws Exception {
    return new CoderTraining(recipe, stream, plan, InstantSource.system())
        .run(report -> {})
        .coders();
  }

  private static void assertSame(List<SparseCoder> found, List<SparseCoder> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      var a = found.get(i).weights();
      var b = expected.get(i).weights();
      assertThat(a.encoder().data()).containsExactly(b.encoder().data());
      assertThat(a.encoderBias()).containsExactly(b.encoderBias());
      assertThat(a.decoder().data()).containsExactly(b.decoder().data());
      assertThat(a.decoderBias()).containsExactly(b.decoderBias());
      assertThat(a.skip() == null ? new float[0] : a.skip().data())
          .containsExactly(b.skip() == null ? new float[0] : b.skip().data());
      if (found.get(i).activation() instanceof CoderActivation.JumpRelu(float[] thresholds)) {
        var other = (CoderActivation.JumpRelu) expected.get(i).activation();
        assertThat(thresholds).containsExactly(other.thresholds());
      }
    }
  }

  /// A stream that fails at one step, as if the process were killed there.
  private record Breaking(ActivationStream stream, long at) implements ActivationStream {
    @Override
    public List<HookPair> pairs() {
      return stream.pairs();
    }

    @Override
    public int rows() {
      return stream.rows();
    }

    @Override
    public String identity() {
      return stream.identity();
    }

    @Override
    public Batch read(long step) throws IOException {
      // The first eight batches are read once before the first step, for means and norms.
      if (step == at && !isStatistics()) {
        throw new IOException("killed");
      }
      return stream.read(step);
    }

    private static boolean isStatistics() {
      return StackWalker.getInstance()
          .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("statistics")));
    }

    @Override
    public void close() {}
  }
}
