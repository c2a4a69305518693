package ai.hartonomous.distill.select;

import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.distill.prune.Keep;
import java.util.List;

/// What a search found.
///
/// @param keep the components that stay
/// @param scores what the choice was made by at its end; larger for what matters more, comparable
///   within heads and within neurons
/// @param headShare share of the kept weights that heads were allowed
/// @param loss mean loss of validation items with everything else replaced by its mean, in nats
/// @param exact share of validation items answered exactly in that state
/// @param tried every choice that was measured, in order
public record Selected(
    Keep keep,
    ComponentScores scores,
    double headShare,
    double loss,
    double exact,
    List<Tried> tried) {

  /// Copies the list.
  public Selected {
    tried = List.copyOf(tried);
  }

  /// A choice that was measured.
  ///
  /// @param step steps of learning before it; 0 for the rankings that the search began with
  /// @param headShare share of the kept weights that heads were allowed
  /// @param components heads and neurons kept
  /// @param loss mean loss of validation items, in nats
  public record Tried(int step, double headShare, int components, double loss) {}
}
