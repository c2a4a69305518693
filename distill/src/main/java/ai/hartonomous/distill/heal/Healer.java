package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.importance.AnswerMeter.Answers;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.model.transformer.AdamW;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleConsumer;

/// Teaches a cut model to answer like its source, with AdamW on {@link DistillationLoss}. The state
/// with the most exact answers to the validation items, and among those the smallest loss, is the
/// result.
public final class Healer {
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

  /// Trains a model in place.
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
    int every = Math.max(1, plan.steps() / plan.validations());
    for (int step = 0; step < plan.steps(); step++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("healing");
      }
      run.step(step);
      if ((step + 1) % every == 0 || step + 1 == plan.steps()) {
        run.validate(step + 1);
      }
      progress.accept((step + 1.0) / plan.steps());
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
    private final Answers before;
    private final SplittableRandom random;
    private final int[] order;
    private int next;
    private Answers bestAnswers;
    private int bestStep;

    Run(Model model, HealingPlan plan, long seed) throws InterruptedException {
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
      before = meter.measure(validation, Hooks.NONE);
      bestAnswers = before;
    }

    void step(int number) {
      ExampleBatch batch = ExampleBatch.of(teacher.examples(), draw());
      Matrix logits = transformer.forward(batch.tokens(), trace, Hooks.NONE);
      loss.gradient(batch, logits);
      optimizer.clearGradients();
      transformer.backward(trace, logits, gradients, Hooks.NONE);
      optimizer.step(kernels, plan.rateAt(number), 1f);
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

    void validate(int step) throws InterruptedException {
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
  }
}
