package ai.hartonomous.distill.compare;

import ai.hartonomous.distill.compare.Cell.Figures;
import ai.hartonomous.distill.heal.Healer;
import ai.hartonomous.distill.heal.InventedItems;
import ai.hartonomous.distill.heal.TeacherLogits;
import ai.hartonomous.distill.importance.AblationImportance;
import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.distill.importance.Components;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.Method;
import ai.hartonomous.distill.importance.Replication;
import ai.hartonomous.distill.importance.Subject;
import ai.hartonomous.distill.select.ComponentSearch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What all contenders of one task and seed share, each part made when it is first needed.
public final class Stage {
  private final Transformer transformer;
  private final Task task;
  private final long seed;
  private final ComponentMeans means;
  private final Map<Method, ComponentScores> scores = new EnumMap<>(Method.class);
  private @Nullable Healer healer;
  private @Nullable Figures source;

  /// Prepares a task.
  ///
  /// @param source the whole model
  /// @param kernels computes everything
  /// @param task what is asked for
  /// @param seed decides everything random
  /// @throws InterruptedException if the thread was interrupted
  public Stage(Model source, Kernels kernels, Task task, long seed) throws InterruptedException {
    transformer = new Transformer(source, kernels);
    this.task = task;
    this.seed = seed;
    means = ComponentMeans.measure(transformer, task.calibration());
  }

  ModelConfig config() {
    return transformer.config();
  }

  Transformer transformer() {
    return transformer;
  }

  ComponentMeans means() {
    return means;
  }

  Task task() {
    return task;
  }

  long seed() {
    return seed;
  }

  /// {@return mean number of tokens of a calibration item}
  double itemLength() {
    return task.calibration().stream().mapToInt(Example::length).average().orElseThrow();
  }

  /// {@return scores of the whole model by the calibration items}
  ComponentScores scores(Method method) throws InterruptedException {
    ComponentScores known = scores.get(method);
    if (known == null) {
      known = method.measure(new Subject(transformer, task.calibration(), means, seed));
      scores.put(method, known);
    }
    return known;
  }

  /// {@return the mean rise of the loss without each component of a list, in nats, by number}
  double[] ablations(int items, int[] list) throws InterruptedException {
    List<Example> some = task.calibration().subList(0, Math.min(items, task.calibration().size()));
    var effects = new AblationImportance(transformer).effects(some, means, list);
    return new Components(config()).flat(effects.signed());
  }

  /// Measures a ranking on both halves of the calibration items.
  ///
  /// @param method the ranking
  /// @param share share of the components that is compared as the best
  /// @return how far both agree
  /// @throws InterruptedException if the thread was interrupted
  public Replication replication(Method method, double share) throws InterruptedException {
    return Replication.measure(
        method, new Subject(transformer, task.calibration(), means, seed), share);
  }

  ComponentSearch search() {
    return new ComponentSearch(transformer, means, task.calibration(), task.validation());
  }

  /// {@return the whole model on the test items}
  Figures source() throws InterruptedException {
    Figures known = source;
    if (known == null) {
      known = Figures.of(new AnswerMeter(transformer).measure(task.test(), Hooks.NONE));
      source = known;
    }
    return known;
  }

  /// {@return what heals, with lessons from the calibration items and, where they are questions,
  /// from invented ones}
  ///
  /// @param invented most items to invent
  Healer healer(int invented) throws InterruptedException {
    Healer known = healer;
    if (known == null) {
      List<Example> lessons = new ArrayList<>(task.calibration());
      if (!task.excluded().isEmpty()) {
        var inventor = new InventedItems(transformer, task.calibration(), task.excluded());
        lessons.addAll(inventor.draw(invented, seed));
      }
      TeacherLogits logits = TeacherLogits.of(transformer, lessons);
      known = new Healer(transformer, List.of(), logits, task.validation());
      healer = known;
    }
    return known;
  }
}
