package ai.hartonomous.distill.compare;

import ai.hartonomous.distill.importance.ComponentScores;
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

  /// `gradient`, with exact ablations of a shortlist: of all heads, and of the neurons on both
  /// sides of where an even cut would go. Heads are ranked by what was measured; the neurons of the
  /// shortlist share out the scores they had among them in the order of what was measured.
  record Shortlist() implements Contender {
    /// Most components that are ablated, if heads leave room.
    static final int MOST = 512;

    /// Items that they are measured on.
    static final int ITEMS = 64;

    @Override
    public String label() {
      return "ablation-shortlist";
    }

    @Override
    public Optional<Keep> select(Stage stage, Budget budget, DoubleConsumer progress)
        throws InterruptedException {
      ComponentScores gradient = stage.scores(Method.GRADIENT);
      Optional<Keep> first = new Selection(stage.config(), gradient).evenly(budget);
      if (first.isEmpty()) {
        return first;
      }
      ComponentScores measured =
          new ShortlistScores(stage.config(), gradient)
              .measured(first.get(), MOST, list -> stage.ablations(ITEMS, list));
      return new Selection(stage.config(), measured).evenly(budget);
    }
  }

  /// The search.
  ///
  /// @param allocation how the budget may be spread over layers
  record Search(Allocation allocation) implements Contender {

    @Override
    public String label() {
      return switch (allocation) {
        case FREE -> "search-each";
        case EVEN -> "search-even";
        case OPEN -> "search-open";
        case LAYERS -> "search";
      };
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
    all.add(new Shortlist());
    for (Allocation allocation : Allocation.values()) {
      all.add(new Search(allocation));
    }
    return List.copyOf(all);
  }

  /// {@return the contender of a name, if there is one}
  ///
  /// @param label such as `activation`, `activation-divided`, `search` or `search-even`
  static Optional<Contender> parse(String label) {
    return all().stream().filter(contender -> contender.label().equals(label)).findFirst();
  }
}
