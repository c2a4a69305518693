package ai.hartonomous.distill.compare;

import ai.hartonomous.distill.importance.Method;
import ai.hartonomous.distill.prune.Budget;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.Selection;
import ai.hartonomous.distill.select.Allocation;
import ai.hartonomous.distill.select.ComponentSearch.Settings;
import ai.hartonomous.distill.select.Selected;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;

/// A way to select components within a budget.
public sealed interface Contender {

  /// {@return its name, as {@link #parse} reads it}
  String label();

  /// {@return what stays; empty if the budget is too small for one head, and one neuron, in every
  /// layer}
  ///
  /// @param stage the prepared task
  /// @param budget what may stay
  /// @param progress told the share of the work that is done
  /// @throws InterruptedException if the thread was interrupted
  Optional<Keep> select(Stage stage, Budget budget, DoubleConsumer progress)
      throws InterruptedException;

  /// A ranking of the whole model, cut as compressors do: the same share of heads and of neurons in
  /// every layer.
  ///
  /// @param method the ranking
  record Ranking(Method method) implements Contender {

    @Override
    public String label() {
      return method.label();
    }

    @Override
    public Optional<Keep> select(Stage stage, Budget budget, DoubleConsumer progress)
        throws InterruptedException {
      return new Selection(stage.config(), stage.scores(method)).evenly(budget);
    }
  }

  /// A ranking of the whole model, cut wherever its scores are lowest, with the division between
  /// heads and neurons that loses least on validation items. Tells what a better ranking adds to
  /// better proportions.
  ///
  /// @param method the ranking
  record Divided(Method method) implements Contender {

    @Override
    public String label() {
      return method.label() + "-divided";
    }

    @Override
    public Optional<Keep> select(Stage stage, Budget budget, DoubleConsumer progress)
        throws InterruptedException {
      var settings = Settings.ranking(Allocation.FREE, method, stage.seed());
      return stage.search().search(budget, settings, progress).map(Selected::keep);
    }
  }

  /// The search.
  ///
  /// @param allocation how the budget may be spread over layers
  record Search(Allocation allocation) implements Contender {

    @Override
    public String label() {
      return allocation == Allocation.FREE ? "search" : "search-even";
    }

    @Override
    public Optional<Keep> select(Stage stage, Budget budget, DoubleConsumer progress)
        throws InterruptedException {
      var settings = Settings.usual(allocation, stage.itemLength(), stage.seed());
      return stage.search().search(budget, settings, progress).map(Selected::keep);
    }
  }

  /// {@return every contender}
  static List<Contender> all() {
    List<Contender> all = new ArrayList<>();
    for (Method method : Method.values()) {
      all.add(new Ranking(method));
    }
    for (Method method : Method.values()) {
      all.add(new Divided(method));
    }
    all.add(new Search(Allocation.EVEN));
    all.add(new Search(Allocation.FREE));
    return List.copyOf(all);
  }

  /// {@return the contender of a name, if there is one}
  ///
  /// @param label such as `activation`, `activation-divided`, `search` or `search-even`
  static Optional<Contender> parse(String label) {
    return all().stream().filter(contender -> contender.label().equals(label)).findFirst();
  }
}
