package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.importance.AnswerMeter.Answers;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.work.Fingerprint;
import ai.hartonomous.distill.work.WorkFolder;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// Teaches a cut model to answer like its source, with AdamW on an {@link Objective}. The state
/// with the most exact answers to the validation items, and among those the smallest loss, is the
/// result.
public final class Healer {
  private final Kernels kernels;
  private final TeacherLogits teacher;
  private final @Nullable Transformer source;
  private final List<SparseCoder> coders;
  private final List<Example> validation;

  /// Heals with the given items, by objectives on logits alone.
  ///
  /// @param kernels computes it
  /// @param teacher the source's logits and the items they belong to
  /// @param validation items to choose the best state with; not among the teacher's
  public Healer(Kernels kernels, TeacherLogits teacher, List<Example> validation) {
    this.kernels = kernels;
    this.source = null;
    this.coders = List.of();
    this.teacher = teacher;
    this.validation = List.copyOf(validation);
  }

  /// Heals with the given items, by any objective.
  ///
  /// @param source the model to learn from; runs again only for hidden and feature terms
  /// @param coders the source's sparse coders, for a feature term; else none
  /// @param teacher the source's logits and the items they belong to
  /// @param validation items to choose the best state with; not among the teacher's
  public Healer(
      Transformer source,
      List<SparseCoder> coders,
      TeacherLogits teacher,
      List<Example> validation) {
    this.kernels = source.kernels();
    this.source = source;
    this.coders = List.copyOf(coders);
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
  /// @throws IllegalArgumentException if a hidden or feature term asks for a source or coders that
  ///   are not there, or of another width
  /// @throws InterruptedException if the thread was interrupted between two steps; the model is
  ///   then in an intermediate state
  public Healed heal(Model model, HealingPlan plan, long seed, DoubleConsumer progress)
      throws InterruptedException {
    HealingRun run = run(model, plan, seed);
    run.begin();
    while (run.goesOn()) {
      run.advance();
      progress.accept(run.step() / (double) plan.steps());
    }
    progress.accept(1);
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
      Healed healed = train(run(model, plan, seed), plan, keeping, inputs, progress);
      work.write(keeping.finished(), inputs, out -> HealedFormat.write(healed, parameters, out));
      finished = Optional.of(healed);
    }
    work.drop(keeping.running());
    progress.accept(1);
    return finished.get();
  }

  private static Healed train(
      HealingRun run, HealingPlan plan, Keeping keeping, String inputs, DoubleConsumer progress)
      throws IOException, InterruptedException {
    WorkFolder work = keeping.work();
    if (work.read(keeping.running(), inputs, run::restore).isEmpty()) {
      run.begin();
    }
    while (run.goesOn()) {
      run.advance();
      if (run.step() % Keeping.EVERY == 0 && run.goesOn()) {
        work.write(keeping.running(), inputs, run::store);
      }
      progress.accept(run.step() / (double) plan.steps());
    }
    return run.best();
  }

  private HealingRun run(Model model, HealingPlan plan, long seed) {
    InnerTerms inner = innerTerms(model, plan.objective());
    return new HealingRun(new Transformer(model, kernels), plan, seed, teacher, validation, inner);
  }

  private @Nullable InnerTerms innerTerms(Model model, Objective objective) {
    if (!objective.looksInside()) {
      return null;
    }
    if (source == null || (objective.featureWeight() > 0 && coders.isEmpty())) {
      throw new IllegalArgumentException("inner terms need the source, a feature term its coders");
    }
    List<InnerTerm> terms = new ArrayList<>();
    if (objective.hidden().weight() > 0) {
      terms.add(new HiddenTerm(source.config(), model.config(), objective.hidden()));
    }
    if (objective.featureWeight() > 0) {
      terms.add(new FeatureTerm(kernels, coders, objective.featureWeight()));
    }
    return new InnerTerms(source, terms);
  }
}
