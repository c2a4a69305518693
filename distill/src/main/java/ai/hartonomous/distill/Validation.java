package ai.hartonomous.distill;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.capability.SuiteException;
import ai.hartonomous.distill.capability.Task;
import ai.hartonomous.model.transformer.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How far parts of a model are above the floors of the capabilities, on validation items.
/// Generated answers count by the tokens that healing has compared already; everything else is
/// scored.
final class Validation {
  private final Measure measure;
  private final List<CapabilityItem> items;
  private final Map<String, Double> floors;

  /// Scores a model on items.
  interface Measure {
    List<Score> score(Model model, List<CapabilityItem> items) throws SuiteException;
  }

  /// @param measure scores what is not generated
  /// @param items validation items, in the order of their examples
  /// @param floors share of the source's figure to keep, by capability
  Validation(Measure measure, List<CapabilityItem> items, Map<String, Double> floors) {
    this.measure = measure;
    this.items = items;
    this.floors = floors;
  }

  /// A model's figures.
  ///
  /// @param byCapability figure of each capability, in the order of the items
  record Figures(Map<String, Figure> byCapability) {}

  /// A figure.
  ///
  /// @param metric what was measured
  /// @param value the figure
  record Figure(Metric metric, double value) {}

  /// {@return a model's figures}
  ///
  /// @param model the model
  /// @param exact which items it answers with exactly the expected tokens
  /// @throws SuiteException if an item does not fit the model
  Figures figures(Model model, boolean[] exact) throws SuiteException {
    Map<String, int[]> counts = new LinkedHashMap<>();
    List<CapabilityItem> scored = new ArrayList<>();
    for (int i = 0; i < exact.length; i++) {
      CapabilityItem item = items.get(i);
      if (item.task() instanceof Task.Generation) {
        int[] count = counts.computeIfAbsent(item.capability(), _ -> new int[2]);
        count[0] += exact[i] ? 1 : 0;
        count[1]++;
      } else {
        scored.add(item);
      }
    }
    Map<String, Figure> figures = new LinkedHashMap<>();
    counts.forEach(
        (name, count) ->
            figures.put(name, new Figure(Metric.EXACT_MATCH, count[0] / (double) count[1])));
    if (!scored.isEmpty()) {
      for (Score score : measure.score(model, scored)) {
        figures.put(score.capability(), new Figure(score.metric(), score.value()));
      }
    }
    return new Figures(figures);
  }

  /// {@return how far a part is above what is wanted, of the capability where it is least: its
  /// ratio to the whole less the floor; negative below it. A capability that the whole does not
  /// have counts as kept.}
  ///
  /// @param part figures of the part
  /// @param whole figures of the whole model
  /// @param aim 0 for the floors themselves; above, that share of the way from them to 1
  double margin(Figures part, Figures whole, double aim) {
    double least = Double.POSITIVE_INFINITY;
    for (Map.Entry<String, Figure> entry : whole.byCapability().entrySet()) {
      Figure before = entry.getValue();
      Figure after = part.byCapability().getOrDefault(entry.getKey(), before);
      double ratio = before.metric().ratio(before.value(), after.value());
      double floor = floors.getOrDefault(entry.getKey(), 0.0);
      double kept = Double.isNaN(ratio) ? 1 : ratio;
      least = Math.min(least, kept - (floor + aim * (1 - floor)));
    }
    return least;
  }
}
