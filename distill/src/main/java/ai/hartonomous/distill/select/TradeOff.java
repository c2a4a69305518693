package ai.hartonomous.distill.select;

import ai.hartonomous.distill.prune.Budget;
import ai.hartonomous.distill.prune.ComponentWeights;
import ai.hartonomous.distill.select.ComponentSearch.Settings;
import ai.hartonomous.model.transformer.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What a capability costs at several sizes: one search for each, nothing in between is guessed.
public final class TradeOff {

  private TradeOff() {}

  /// A size that was searched.
  ///
  /// @param budget what could stay
  /// @param weights weights of the heads and neurons that stay
  /// @param selected what was found, with its measured loss
  public record Point(Budget budget, long weights, Selected selected) {}

  /// Searches at every size.
  ///
  /// @param search searches in one model
  /// @param model that model
  /// @param shares shares of the components and of their weights, in `(0, 1]`
  /// @param settings how to search within a budget
  /// @return one point for each share that leaves every layer one component of each kind
  /// @throws InterruptedException if the thread was interrupted
  public static List<Point> measure(
      ComponentSearch search, Model model, List<Double> shares, Function<Budget, Settings> settings)
      throws InterruptedException {
    var weights = new ComponentWeights(model.config());
    List<Point> points = new ArrayList<>();
    for (double share : shares) {
      int components = Math.max(1, (int) (share * model.config().components()));
      var budget = new Budget(share, components);
      Optional<Selected> found = search.search(budget, settings.apply(budget), _ -> {});
      found.ifPresent(
          selected -> points.add(new Point(budget, weights.of(selected.keep()), selected)));
    }
    return points;
  }
}
