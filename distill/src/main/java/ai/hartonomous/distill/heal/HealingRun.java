package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.heal.Healer.Healed;
import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.importance.AnswerMeter.Answers;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.distill.work.StageInput;
import ai.hartonomous.distill.work.StageOutput;
import ai.hartonomous.model.transformer.AdamW;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// One healing on its way, step by step.
final class HealingRun {
  private static final Answers NOTHING = new Answers(new double[0], new boolean[0]);

  private final TeacherLogits teacher;
  private final List<Example> validation;
  private final Transformer transformer;
  private final Trace trace;
  private final Weights gradients;
  private final AdamW optimizer;
  private final DistillationLoss loss;
  private final @Nullable InnerTerms inner;
  private final HealingPlan plan;
  private final AnswerMeter meter;
  private final List<Parameter> parameters;
  private final float[][] bestState;
  private final SplittableRandom random;
  private final int[] order;
  private int next;
  private int step;
  private Answers before = NOTHING;
  private Answers bestAnswers = NOTHING;
  private int bestStep;

  /// Begins with zero moments.
  ///
  /// @param transformer the model to teach
  /// @param plan fixed choices
  /// @param seed order of the examples
  /// @param teacher what to learn
  /// @param validation what to choose the best state with
  /// @param inner terms on values inside the model, or null
  HealingRun(
      Transformer transformer,
      HealingPlan plan,
      long seed,
      TeacherLogits teacher,
      List<Example> validation,
      @Nullable InnerTerms inner) {
    this.transformer = transformer;
    this.plan = plan;
    this.teacher = teacher;
    this.validation = validation;
    this.inner = inner;
    Weights weights = transformer.model().weights();
    trace = transformer.trace(Trace.Keep.TRAINING);
    gradients = weights.zeros();
    AdamW.Settings usual = AdamW.Settings.USUAL;
    float norm = plan.stepping().maxNorm();
    optimizer =
        new AdamW(
            weights,
            gradients,
            new AdamW.Settings(usual.beta1(), usual.beta2(), usual.weightDecay(), norm));
    loss = new DistillationLoss(transformer.kernels(), teacher, plan.objective());
    meter = new AnswerMeter(transformer);
    parameters = weights.parameters();
    bestState = parameters.stream().map(p -> p.data().clone()).toArray(float[][]::new);
    random = new SplittableRandom(seed);
    order = new int[teacher.examples().size()];
    Arrays.setAll(order, i -> i);
    next = order.length;
  }

  /// Validates the model as it came.
  void begin() throws InterruptedException {
    before = meter.measure(validation, Hooks.NONE);
    bestAnswers = before;
  }

  /// Takes a step, and validates where it is time.
  void advance() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("healing");
    }
    optimizer.clearGradients();
    int batches = plan.stepping().batches();
    for (int b = 0; b < batches; b++) {
      addGradient(ExampleBatch.of(teacher.examples(), draw()));
    }
    optimizer.step(transformer.kernels(), plan.rateAt(step), 1f / batches);
    step++;
    if (step % plan.validateEvery() == 0 || step == plan.steps()) {
      validate();
    }
  }

  /// {@return whether steps are left and some validation of late was better}
  boolean goesOn() {
    int every = plan.validateEvery();
    int patience = plan.stepping().patience();
    boolean impatient = patience > 0 && step / every - bestStep / every >= patience;
    return step < plan.steps() && !impatient;
  }

  private void addGradient(ExampleBatch batch) {
    InnerTerms terms = inner;
    if (terms == null) {
      Matrix logits = transformer.forward(batch.tokens(), trace, Hooks.NONE);
      loss.gradient(batch, logits);
      transformer.backward(trace, logits, gradients, Hooks.NONE);
      return;
    }
    terms.run(batch);
    Matrix logits = transformer.forward(batch.tokens(), trace, terms::compare);
    loss.gradient(batch, logits);
    transformer.backward(trace, logits, gradients, terms::add);
  }

  /// {@return steps taken}
  int step() {
    return step;
  }

  /// The next examples of a shuffled list, shuffled anew at its end.
  private int[] draw() {
    int[] drawn = new int[Math.min(plan.batch(), order.length)];
    for (int i = 0; i < drawn.length; i++) {
      if (next == order.length) {
        shuffle();
        next = 0;
      }
      drawn[i] = order[next++];
    }
    return drawn;
  }

  private void shuffle() {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
  }

  private void validate() throws InterruptedException {
    Answers answers = meter.measure(validation, Hooks.NONE);
    int gain = Integer.compare(answers.exactCount(), bestAnswers.exactCount());
    if (gain > 0 || (gain == 0 && answers.meanLoss() < bestAnswers.meanLoss())) {
      bestAnswers = answers;
      bestStep = step;
      for (int p = 0; p < bestState.length; p++) {
        float[] data = parameters.get(p).data();
        System.arraycopy(data, 0, bestState[p], 0, data.length);
      }
    }
  }

  /// Gives the model its best state.
  Healed best() {
    for (int p = 0; p < bestState.length; p++) {
      System.arraycopy(bestState[p], 0, parameters.get(p).data(), 0, bestState[p].length);
    }
    return new Healed(bestStep, before, bestAnswers);
  }

  /// Writes all that the next steps depend on.
  void store(StageOutput out) throws IOException {
    out.ints(step, bestStep);
    HealedFormat.write(before, out);
    HealedFormat.write(bestAnswers, out);
    for (float[] numbers : state()) {
      out.floats(numbers);
    }
  }

  /// Puts back what {@link #store} wrote. The order of the examples follows from seed and step.
  boolean restore(StageInput in) throws IOException {
    int[] steps = in.ints();
    bestStep = steps[1];
    before = HealedFormat.answers(in);
    bestAnswers = HealedFormat.answers(in);
    for (float[] numbers : state()) {
      in.floats(numbers);
    }
    for (step = 0; step < steps[0]; step++) {
      for (int b = 0; b < plan.stepping().batches(); b++) {
        draw();
      }
    }
    optimizer.resume(step);
    return true;
  }

  /// {@return weights, moments and the best weights so far; live}
  private List<float[]> state() {
    List<float[]> all = new ArrayList<>();
    parameters.forEach(p -> all.add(p.data()));
    all.addAll(optimizer.moments());
    all.addAll(List.of(bestState));
    return all;
  }
}
