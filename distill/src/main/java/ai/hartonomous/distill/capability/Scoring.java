package ai.hartonomous.distill.capability;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// How items are to be measured.
///
/// @param shots solved items in front of each prompt
/// @param metrics what to measure; empty for what each item says itself
public record Scoring(Shots shots, Set<Metric> metrics) {
  /// As the items say, without solved items.
  public static final Scoring USUAL = new Scoring(Shots.NONE, Set.of());

  /// Copies the set.
  public Scoring {
    metrics = Set.copyOf(metrics);
  }

  /// {@return what to measure items of a kind by}
  ///
  /// @param item one of them
  /// @throws SuiteException if nothing that was asked for fits them
  List<Metric> metrics(CapabilityItem item) throws SuiteException {
    if (metrics.isEmpty()) {
      return List.of(item.task().metric());
    }
    EnumSet<Metric> fitting = EnumSet.copyOf(item.task().metrics());
    fitting.retainAll(metrics);
    if (fitting.isEmpty()) {
      throw new SuiteException(
          "capability \"%s\": expected one of %s, which its items can be measured by, found %s"
              .formatted(item.capability(), labels(item.task().metrics()), labels(metrics)));
    }
    return List.copyOf(fitting);
  }

  private static List<String> labels(Set<Metric> metrics) {
    return metrics.stream().sorted().map(Metric::label).toList();
  }

  /// {@return hash of everything that decides which texts the model reads, apart from the items
  /// themselves and the seed}
  String templateHash(Task task) {
    return Digests.hash(
        List.of("template 1", task.kind(), shots.count() + " shots", shots.separator()));
  }
}
