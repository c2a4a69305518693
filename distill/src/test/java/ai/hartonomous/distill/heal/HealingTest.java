package ai.hartonomous.distill.heal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.heal.Healer.Healed;
import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.distill.importance.GreedyChoice;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.Pruner;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealingTest {
  private static final long SEED = Long.getLong("test.seed", 31);
  private static final HealingPlan PLAN = new HealingPlan(40, 16, 5e-3f, 2f, 0.3f, 4);

  private final Kernels kernels = Kernels.of(1);
  private final Model source = Tiny.llama(SEED);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  @Test
  void gradientOfTheLossAgreesWithCentralDifferences() throws InterruptedException {
    List<Example> examples = examples(3);
    TeacherLogits teacher = TeacherLogits.of(new Transformer(source, kernels), examples);
    var loss = new DistillationLoss(kernels, teacher, PLAN.objective());
    ExampleBatch batch = ExampleBatch.of(examples, 0, 1, 2);
    int outputs = source.config().extents().outputs();
    float[] logits = new float[batch.targets().length * outputs];
    var random = new SplittableRandom(SEED);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = 3 * (float) random.nextGaussian();
    }
    float[] gradient = logits.clone();

    loss.gradient(batch, matrix(gradient, outputs));

    float step = 0x1p-6f;
    for (int i = 0; i < logits.length; i++) {
      float[] up = logits.clone();
      float[] down = logits.clone();
      up[i] += step;
      down[i] -= step;
      double slope =
          (loss.gradient(batch, matrix(up, outputs)) - loss.gradient(batch, matrix(down, outputs)))
              / (2 * step);
      // Losses of a few nats carry about 1e-6 of rounding, slopes 1e-6 / step.
      assertThat((double) gradient[i]).isCloseTo(slope, within(3e-4));
    }
  }

  @Test
  void divergenceVanishesWhereStudentAndSourceAgree() throws InterruptedException {
    List<Example> examples = examples(4);
    var transformer = new Transformer(source, kernels);
    TeacherLogits teacher = TeacherLogits.of(transformer, examples);
    var plan = new HealingPlan(1, 4, 1e-3f, 2f, 0f, 1);
    ExampleBatch batch = ExampleBatch.of(examples, 0, 1, 2, 3);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    Matrix logits = transformer.forward(batch.tokens(), trace, Hooks.NONE);

    double divergence =
        new DistillationLoss(kernels, teacher, plan.objective()).gradient(batch, logits);

    // Only the rounding of the stored logits to half precision remains.
    assertThat(divergence).isCloseTo(0, within(1e-4));
  }

  @Test
  void healingBringsTheStudentCloserToItsSource() throws InterruptedException {
    Model student = cut();

    Healed healed = healer(64).heal(student, PLAN, 1, _ -> {});

    assertThat(healed.after().meanLoss()).isLessThan(0.8 * healed.before().meanLoss());
    assertThat(healed.after().exactCount()).isGreaterThanOrEqualTo(healed.before().exactCount());
    assertThat(healed.steps()).isBetween(1, PLAN.steps());
  }

  @Test
  void sameSeedHealsTheSame() throws InterruptedException {
    Model one = cut();
    Model two = cut();

    healer(32).heal(one, PLAN, 9, _ -> {});
    healer(32).heal(two, PLAN, 9, _ -> {});

    List<Parameter> expected = one.weights().parameters();
    List<Parameter> found = two.weights().parameters();
    for (int p = 0; p < expected.size(); p++) {
      assertThat(found.get(p).data()).as(expected.get(p).name()).isEqualTo(expected.get(p).data());
    }
  }

  @Test
  void stepsThatHarmAreNotKept() throws InterruptedException {
    Model student = Pruner.prune(source, Keep.all(source.config()), means());
    float[] before = student.weights().parameters().getFirst().data().clone();

    Healed healed = healer(32).heal(student, new HealingPlan(10, 4, 10f, 1f, 0f, 2), 1, _ -> {});

    assertThat(healed.steps()).isZero();
    assertThat(student.weights().parameters().getFirst().data()).isEqualTo(before);
  }

  @Test
  void interruptingEndsTheRun() throws InterruptedException {
    Healer healer = healer(16);
    Model student = cut();

    assertThatThrownBy(() -> healer.heal(student, PLAN, 1, _ -> Thread.currentThread().interrupt()))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void rateRisesThenFalls() {
    double[] rates = IntStream.range(0, 40).mapToDouble(PLAN::rateAt).toArray();

    assertThat(rates[0]).isLessThan(PLAN.rate());
    assertThat(Arrays.stream(rates).max().orElseThrow()).isCloseTo(PLAN.rate(), within(1e-5));
    assertThat(rates[39]).isBetween(0.0, 0.05 * PLAN.rate());
  }

  @Test
  void inventedItemsAreNewAndAnsweredByTheSource() throws InterruptedException {
    List<Example> items = examples(48);
    List<int[]> known = items.stream().map(Example::prompt).toList();
    var transformer = new Transformer(source, kernels);

    List<Example> invented = new InventedItems(transformer, items, known).draw(40, 5);

    assertThat(invented).isNotEmpty();
    for (Example item : invented) {
      assertThat(known).noneMatch(prompt -> Arrays.equals(prompt, item.prompt()));
      assertThat(item.targets()[item.length() - 1]).isEqualTo(0);
    }
    var meter = new AnswerMeter(transformer);
    assertThat(meter.measure(invented, Hooks.NONE).exactMatch()).isEqualTo(1);
    List<Example> again = new InventedItems(transformer, items, known).draw(40, 5);
    assertThat(again).hasSameSizeAs(invented);
    assertThat(again.getFirst().ids()).isEqualTo(invented.getFirst().ids());
  }

  private Healer healer(int items) throws InterruptedException {
    List<Example> all = examples(items + 16);
    var transformer = new Transformer(source, kernels);
    return new Healer(
        kernels,
        TeacherLogits.of(transformer, all.subList(0, items)),
        all.subList(items, items + 16));
  }

  private Model cut() throws InterruptedException {
    List<Keep.Layer> layers =
        Keep.all(source.config()).layers().stream()
            .map(l -> new Keep.Layer(l.heads(), Arrays.copyOf(l.neurons(), 5)))
            .toList();
    return Pruner.prune(source, new Keep(layers), means());
  }

  private ComponentMeans means() throws InterruptedException {
    return ComponentMeans.measure(new Transformer(source, kernels), examples(16));
  }

  /// Random prompts with what the source thinks comes next, then token 0 as the end.
  private List<Example> examples(int count) {
    var transformer = new Transformer(source, kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    var random = new SplittableRandom(SEED);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] prompt = random.ints(4, 1, source.config().extents().vocabulary()).toArray();
      Matrix logits = transformer.forward(Batch.of(prompt), trace, Hooks.NONE);
      int next = GreedyChoice.of(logits, 3);
      examples.add(Example.of(prompt, new int[] {next, 0}));
    }
    return examples;
  }

  private static Matrix matrix(float[] data, int cols) {
    return Matrix.of(data, data.length / cols, cols);
  }
}
