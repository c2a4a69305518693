package ai.hartonomous.distill.compare;

import ai.hartonomous.distill.compare.Cell.Figures;
import ai.hartonomous.distill.compare.Cell.Healed;
import ai.hartonomous.distill.compare.Cell.Sizes;
import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.prune.Budget;
import ai.hartonomous.distill.prune.ComponentWeights;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.Pruner;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;

/// Selects, cuts, measures, heals and measures again, in the same way for every contender. Neither
/// selection nor healing sees a test item.
public final class Comparison {
  private final HealingPlan plan;
  private final List<Integer> steps;
  private final int invented;

  /// Fixes what is the same for all.
  ///
  /// @param plan how to heal, but for the number of steps
  /// @param steps lengths of the healings, each from the cut state; empty for none
  /// @param invented most items to invent for healing
  public Comparison(HealingPlan plan, List<Integer> steps, int invented) {
    this.plan = plan;
    this.steps = List.copyOf(steps);
    this.invented = invented;
  }

  /// Measures one contender.
  ///
  /// @param stage the prepared task
  /// @param contender the way to select
  /// @param share share of the components and of their weights that may stay
  /// @param progress told the share of the work that is done
  /// @return the figures; empty if the share is too small for one head, and one neuron, in every
  ///   layer
  /// @throws InterruptedException if the thread was interrupted
  public Optional<Cell> measure(
      Stage stage, Contender contender, double share, DoubleConsumer progress)
      throws InterruptedException {
    Model source = stage.transformer().model();
    var budget = new Budget(share, Math.max(1, (int) (share * source.config().components())));
    double parts = 1.0 + steps.size();
    Optional<Keep> keep = contender.select(stage, budget, done -> progress.accept(done / parts));
    if (keep.isEmpty()) {
      return Optional.empty();
    }
    Figures cut = figures(stage, Pruner.prune(source, keep.get(), stage.means()));
    List<Healed> healed = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Model model = Pruner.prune(source, keep.get(), stage.means());
      double before = 1.0 + i;
      stage
          .healer(invented)
          .heal(
              model,
              plan.withSteps(steps.get(i)),
              stage.seed(),
              done -> progress.accept((before + done) / parts));
      healed.add(new Healed(steps.get(i), figures(stage, model)));
    }
    Sizes sizes = sizes(stage, keep.get());
    return Optional.of(
        new Cell(
            stage.task().name(),
            share,
            contender.label(),
            stage.seed(),
            sizes,
            stage.source(),
            cut,
            healed));
  }

  private static Figures figures(Stage stage, Model model) throws InterruptedException {
    var meter = new AnswerMeter(new Transformer(model, stage.transformer().kernels()));
    return Figures.of(meter.measure(stage.task().test(), Hooks.NONE));
  }

  private static Sizes sizes(Stage stage, Keep keep) {
    Model source = stage.transformer().model();
    var weights = new ComponentWeights(source.config());
    int heads = keep.layers().stream().mapToInt(layer -> layer.heads().length).sum();
    Model cut = Pruner.prune(source, keep, stage.means());
    return new Sizes(
        source.config().components(),
        heads,
        keep.components() - heads,
        weights.ofAll(),
        weights.of(keep),
        source.weights().parameterCount(),
        cut.weights().parameterCount());
  }
}
