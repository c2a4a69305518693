package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.importance.AnswerMeter.Answers;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.distill.work.Fingerprint;
import ai.hartonomous.distill.work.StageInput;
import ai.hartonomous.distill.work.StageOutput;
import ai.hartonomous.distill.work.WorkFolder;
import ai.hartonomous.model.transformer.AdamW;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleConsumer;

/// Teaches a cut model to answer like its source, with AdamW on {@link DistillationLoss}. The state
/// with the most exact answers to the validation items, and among those the smallest loss, is the
/// result.
public final class Healer {
  private static final Answers NOTHING = new Answers(new double[0], new boolean[0]);

  private final Kernels kernels;
  private final TeacherLogits teacher;
  private final List<Example> validation;

  /// Heals with the given items.
  ///
  /// @param kernels computes it
  /// @param teacher the source's logits and the items they belong to
  /// @param validation items to choose the best state with; not among the teacher's
  public Healer(Kernels kernels, TeacherLogits teacher, List<Example> validation) {
    this.kernels = kernels;
    this.teacher = teacher;
    this.validation = List.copyOf(validation);
  }

  /// What came of one run.
  ///
  /// @param steps optimiser steps taken before the best state
  /// @param before validation of the model as it came
  /// @param after validation of the best state, which is what the model now holds
  public record Healed(int steps, Answers before, Answers after) {}

  /// Where a healing is kept, so that it can go on after it was killed.
  ///
  /// @param work the folder
  /// @param name name of the healing among those of the folder
  public record Keeping(WorkFolder work, String name) {
    /// Steps between two times that the running state is written.
    static final int EVERY = 20;

    private String running() {
      return "healing-" + name;
    }

    private String finished() {
      return "healed-" + name;
    }
  }

  /// Trains a model in place, without keeping anything.
  ///
  /// @param model the cut model; its weights are changed
  /// @param plan fixed choices
  /// @param seed order of the examples
  /// @param progress told the share of the steps that are done
  /// @return what was reached
  /// @throws InterruptedException if the thread was interrupted between two steps; the model is
  ///   then in an intermediate state
  public Healed heal(Model model, HealingPlan plan, long seed, DoubleConsumer progress)
      throws InterruptedException {
    var run = new Run(model, plan, seed);
    run.begin();
    while (run.step < plan.steps()) {
      run.advance();
      progress.accept(run.step / (double) plan.steps());
    }
    return run.best();
  }

  /// Trains a model in place and keeps how far it is; goes on with what was kept for the same
  /// model, plan and seed. The result is the same, bit by bit, however often it was killed between.
  ///
  /// @param model the cut model as it came from the cut; its weights are changed
  /// @param plan fixed choices
  /// @param seed order of the examples
  /// @param keeping where to keep it
  /// @param progress told the share of the steps that are done
  /// @return what was reached
  /// @throws IOException if the disk refuses
  /// @throws InterruptedException if the thread was interrupted between two steps; the model is
  ///   then in an intermediate state
  public Healed heal(
      Model model, HealingPlan plan, long seed, Keeping keeping, DoubleConsumer progress)
      throws IOException, InterruptedException {
    String inputs = "%s, %s, seed %d".formatted(Fingerprint.of(model), plan, seed);
    WorkFolder work = keeping.work();
    List<Parameter> parameters = model.weights().parameters();
    Optional<Healed> finished =
        work.read(keeping.finished(), inputs, in -> HealedFormat.read(in, parameters));
    if (finished.isEmpty()) {
      Healed healed = train(new Run(model, plan, seed), keeping, inputs, progress);
      work.write(keeping.finished(), inputs, out -> HealedFormat.write(healed, parameters, out));
      finished = Optional.of(healed);
    }
    work.drop(keeping.running());
    progress.accept(1);
    return finished.get();
  }

  private static Healed train(Run run, Keeping keeping, String inputs, DoubleConsumer progress)
      throws IOException, InterruptedException {
    WorkFolder work = keeping.work();
    if (work.read(keeping.running(), inputs, run::restore).isEmpty()) {
      run.begin();
    }
    while (run.step < run.plan.steps()) {
      run.advance();
      if (run.step % Keeping.EVERY == 0 && run.step < run.plan.steps()) {
        work.write(keeping.running(), inputs, run::store);
      }
      progress.accept(run.step / (double) run.plan.steps());
    }
    return run.best();
  }

  private final class Run {
    private final Transformer transformer;
    private final Trace trace;
    private final Weights gradients;
    private final AdamW optimizer;
    private final DistillationLoss loss;
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

    Run(Model model, HealingPlan plan, long seed) {
      this.plan = plan;
      transformer = new Transformer(model, kernels);
      trace = transformer.trace(Trace.Keep.TRAINING);
      gradients = model.weights().zeros();
      optimizer = new AdamW(model.weights(), gradients, AdamW.Settings.USUAL);
      loss = new DistillationLoss(kernels, teacher, plan);
      meter = new AnswerMeter(transformer);
      parameters = model.weights().parameters();
      bestState = parameters.stream().map(p -> p.data().clone()).toArray(float[][]::new);
      random = new SplittableRandom(seed);
      order = new int[teacher.examples().size()];
      Arrays.setAll(order, i -> i);
      next = order.length;
    }

    void begin() throws InterruptedException {
      before = meter.measure(validation, Hooks.NONE);
      bestAnswers = before;
    }

    void advance() throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException("healing");
      }
      train(draw());
      step++;
      int every = Math.max(1, plan.steps() / plan.validations());
      if (step % every == 0 || step == plan.steps()) {
        validate();
      }
    }

    private void train(int[] examples) {
      ExampleBatch batch = ExampleBatch.of(teacher.examples(), examples);
      Matrix logits = transformer.forward(batch.tokens(), trace, Hooks.NONE);
      loss.gradient(batch, logits);
      optimizer.clearGradients();
      transformer.backward(trace, logits, gradients, Hooks.NONE);
      optimizer.step(kernels, plan.rateAt(step), 1f);
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

    Healed best() {
      for (int p = 0; p < bestState.length; p++) {
        System.arraycopy(bestState[p], 0, parameters.get(p).data(), 0, bestState[p].length);
      }
      return new Healed(bestStep, before, bestAnswers);
    }

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
        draw();
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
}
