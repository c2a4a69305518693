package ai.hartonomous.distill.evaluate;

import java.util.List;

/// Everything that was measured about an agent. All scores are of the agent as written and read
/// back, on held-out items.
///
/// @param source cost of the source
/// @param agent cost of the agent
/// @param retention one entry for each capability of the target suite, then of the others
/// @param search sizes that were tried, in order; their scores are of validation items
public record Report(
    ModelSize source, ModelSize agent, List<Retention> retention, List<SearchPoint> search) {

  /// Copies the lists.
  public Report {
    retention = List.copyOf(retention);
    search = List.copyOf(search);
  }
}
