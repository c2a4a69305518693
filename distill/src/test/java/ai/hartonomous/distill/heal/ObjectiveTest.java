package ai.hartonomous.distill.heal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.heal.Healer.Healed;
import ai.hartonomous.distill.heal.HealingPlan.Stepping;
import ai.hartonomous.distill.heal.Objective.Distance;
import ai.hartonomous.distill.heal.Objective.Hidden;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectiveTest {
  private static final long SEED = Long.getLong("test.seed", 32);
  private static final int OUTPUTS = Tiny.llama(1).config().extents().outputs();

  private final Kernels kernels = Kernels.of(1);
  private final Model source = Tiny.llama(SEED);
  private final Model student = Tiny.llama(SEED + 1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  static Stream<Arguments> objectives() {
    List<Arguments> all = new ArrayList<>();
    for (int best : new int[] {TeacherLogits.ALL, 4}) {
      for (float temperature : new float[] {1, 2}) {
        for (Divergence divergence :
            List.of(
                new Divergence.Forward(),
                new Divergence.Reverse(),
                new Divergence.Jensen(0),
                new Divergence.Jensen(0.3f),
                new Divergence.Jensen(0.5f),
                new Divergence.Jensen(1))) {
          var objective = new Objective(divergence, temperature, 0.3f, Hidden.NONE);
          all.add(Arguments.of(objective, best));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}, {1} tokens")
  @MethodSource("objectives")
  void gradientAgreesWithCentralDifferences(Objective objective, int best)
      throws InterruptedException {
    List<Example> examples = TinyItems.of(source, kernels, 2);
    var loss = new DistillationLoss(kernels, teacher(examples, best), objective);
    ExampleBatch batch = ExampleBatch.of(examples, 0, 1);
    float[] logits = normal(batch.targets().length * OUTPUTS, 3);
    float[] gradient = logits.clone();

    loss.gradient(batch, matrix(gradient));

    float step = 0x1p-6f;
    for (int i = 0; i < logits.length; i++) {
      float[] up = logits.clone();
      float[] down = logits.clone();
      up[i] += step;
      down[i] -= step;
      double rise = loss.gradient(batch, matrix(up)) - loss.gradient(batch, matrix(down));
      // Losses of a few nats carry about 1e-6 of rounding, slopes 1e-6 / step.
      assertThat((double) gradient[i])
          .as("number %d", i)
          .isCloseTo(rise / (2 * step), within(4e-4));
    }
  }

  @Test
  void divergencesOfTwoTokensAreAsByHand() {
    float[] p = {(float) Math.log(0.8), (float) Math.log(0.2)};
    float[] q = {(float) Math.log(0.5), (float) Math.log(0.5)};
    double forward = 0.8 * Math.log(1.6) + 0.2 * Math.log(0.4);
    double reverse = 0.5 * Math.log(0.625) + 0.5 * Math.log(2.5);
    // m = 0.25 p + 0.75 q = (0.575, 0.425)
    double toMixture = 0.8 * Math.log(0.8 / 0.575) + 0.2 * Math.log(0.2 / 0.425);
    double fromMixture = 0.5 * Math.log(0.5 / 0.575) + 0.5 * Math.log(0.5 / 0.425);

    assertThat(divergence(new Divergence.Forward(), 1, p, q)).isCloseTo(forward, within(1e-6));
    assertThat(divergence(new Divergence.Reverse(), 1, p, q)).isCloseTo(reverse, within(1e-6));
    assertThat(divergence(new Divergence.Jensen(0.25f), 1, p, q))
        .isCloseTo(0.25 * toMixture + 0.75 * fromMixture, within(1e-6));
  }

  @Test
  void endsOfTheJensenDivergenceAreTheOthersWithoutTheFactor() {
    float[] p = normal(7, 2);
    float[] q = Arrays.copyOfRange(normal(14, 2), 7, 14);

    for (float temperature : new float[] {0.5f, 1, 3}) {
      float square = temperature * temperature;
      assertThat(square * divergence(new Divergence.Jensen(0), temperature, p, q))
          .isCloseTo(divergence(new Divergence.Forward(), temperature, p, q), within(1e-5));
      assertThat(square * divergence(new Divergence.Jensen(1), temperature, p, q))
          .isCloseTo(divergence(new Divergence.Reverse(), temperature, p, q), within(1e-5));
      assertThat(divergence(new Divergence.Jensen(0.5f), temperature, p, q))
          .isCloseTo(divergence(new Divergence.Jensen(0.5f), temperature, q, p), within(1e-6));
    }
  }

  @Test
  void certainDistributionsStayFinite() {
    float[] p = {0, -300, -300};
    float[] q = {-300, 0, -300};

    for (Divergence divergence :
        List.of(new Divergence.Forward(), new Divergence.Reverse(), new Divergence.Jensen(0.5f))) {
      float[] gradient = q.clone();
      double loss =
          new Divergences(kernels, divergence, 1)
              .gradient(Matrix.of(p, 1, 3), Matrix.of(gradient, 1, 3));
      assertThat(loss).as("%s", divergence).isFinite().isPositive();
      for (float slope : gradient) {
        assertThat(slope).isFinite();
      }
    }
  }

  @Test
  void theBestTokensAreTheSources() throws InterruptedException {
    List<Example> examples = TinyItems.of(source, kernels, 3);
    TeacherLogits all = teacher(examples, TeacherLogits.ALL);
    TeacherLogits best = teacher(examples, 4);
    float[] row = new float[2 * OUTPUTS];
    float[] few = new float[8];
    int[] tokens = new int[8];

    all.read(1, row, new int[2 * OUTPUTS], 0);
    best.read(1, few, tokens, 0);

    for (int r = 0; r < 2; r++) {
      for (int k = 0; k < 4; k++) {
        float logit = few[4 * r + k];
        assertThat(logit).isEqualTo(row[r * OUTPUTS + tokens[4 * r + k]]);
        int place = k;
        int at = r * OUTPUTS;
        assertThat(IntStream.range(0, OUTPUTS).filter(v -> row[at + v] > logit).count())
            .isLessThanOrEqualTo(place);
      }
    }
    TeacherLogits every = teacher(examples, OUTPUTS);
    float[] one = normal(examples.getFirst().length() * OUTPUTS, 1);
    var objective = new Objective(new Divergence.Reverse(), 2, 0.5f, Hidden.NONE);
    ExampleBatch batch = ExampleBatch.of(examples, 0);
    assertThat(new DistillationLoss(kernels, every, objective).gradient(batch, matrix(one.clone())))
        .isCloseTo(
            new DistillationLoss(kernels, all, objective).gradient(batch, matrix(one.clone())),
            within(1e-6));
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void everyObjectiveHeals(Objective objective, int best) throws InterruptedException {
    var plan = new HealingPlan(30, 16, 5e-3f, 1f, 0f, 3).withObjective(objective);

    Healed healed = healer(48, best).heal(student, plan, 1, _ -> {});

    assertThat(healed.after().meanLoss()).isLessThan(0.9 * healed.before().meanLoss());
  }

  @Test
  void impatienceEndsARunThatGetsNoBetter() throws InterruptedException {
    var steps = new AtomicInteger();
    var plan = new HealingPlan(60, 4, 10f, 1f, 0f, 20).withStepping(new Stepping(1, 1f, 2));

    Healed healed =
        healer(16, TeacherLogits.ALL).heal(source, plan, 1, _ -> steps.incrementAndGet());

    // A validation every 3 steps, and two without a gain; the last call tells the end.
    assertThat(steps.get()).isEqualTo(2 * 3 + 1);
    assertThat(healed.steps()).isZero();
  }

  @Test
  void twoBatchesOfHalfTheSizeMakeTheSameStep() throws InterruptedException {
    var whole = new HealingPlan(1, 16, 5e-3f, 1f, 0.3f, 1);
    HealingPlan halves =
        new HealingPlan(1, 8, 5e-3f, 1f, 0.3f, 1).withStepping(new Stepping(2, 1f, 0));

    double one = healer(16, TeacherLogits.ALL).heal(student, whole, 1, _ -> {}).after().meanLoss();
    double two =
        healer(16, TeacherLogits.ALL)
            .heal(Tiny.llama(SEED + 1), halves, 1, _ -> {})
            .after()
            .meanLoss();

    // All items have two answer tokens; sums are rounded in another order.
    assertThat(two).isCloseTo(one, within(1e-4));
  }

  @Test
  void clippingHoldsTheGradientDown() throws InterruptedException {
    // Below AdamW's epsilon of 1e-8 a gradient moves nothing.
    var plan = new HealingPlan(5, 16, 5e-3f, 1f, 0.3f, 1).withStepping(new Stepping(1, 1e-13f, 0));

    Healed healed = healer(16, TeacherLogits.ALL).heal(student, plan, 1, _ -> {});

    assertThat(healed.after().meanLoss()).isCloseTo(healed.before().meanLoss(), within(1e-3));
  }

  @Test
  void refusesNumbersOutOfRange() {
    assertThatThrownBy(() -> new Divergence.Jensen(1.1f)).hasMessageContaining("beta 1.1");
    assertThatThrownBy(() -> Objective.forward(0, 1)).hasMessageContaining("temperature 0");
    assertThatThrownBy(() -> new Hidden(Distance.COSINE, -1)).hasMessageContaining("weight -1");
    assertThatThrownBy(() -> new Stepping(0, 1, 0)).hasMessageContaining("0 batches");
    assertThatThrownBy(() -> new Stepping(1, 0, 0)).hasMessageContaining("norm 0");
  }

  private double divergence(Divergence divergence, float temperature, float[] p, float[] q) {
    return new Divergences(kernels, divergence, temperature)
        .gradient(Matrix.of(p, 1, p.length), Matrix.of(q.clone(), 1, q.length));
  }

  private Healer healer(int items, int best) throws InterruptedException {
    List<Example> all = TinyItems.of(source, kernels, items + 16);
    return new Healer(
        new Transformer(source, kernels),
        List.of(),
        teacher(all.subList(0, items), best),
        all.subList(items, items + 16));
  }

  private TeacherLogits teacher(List<Example> examples, int best) throws InterruptedException {
    return TeacherLogits.of(new Transformer(source, kernels), examples, best);
  }

  private static float[] normal(int count, float deviation) {
    var random = new SplittableRandom(SEED);
    float[] all = new float[count];
    for (int i = 0; i < count; i++) {
      all[i] = deviation * (float) random.nextGaussian();
    }
    return all;
  }

  private static Matrix matrix(float[] data) {
    return Matrix.of(data, data.length / OUTPUTS, OUTPUTS);
  }
}
