package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.GraphFile.Link;
import ai.hartonomous.interpret.attribute.GraphFile.Node;
import ai.hartonomous.interpret.attribute.GraphFile.Origin;
import ai.hartonomous.interpret.attribute.GraphFile.Own;
import ai.hartonomous.interpret.attribute.Validation.Changes;
import ai.hartonomous.interpret.attribute.Validation.EdgeTrial;
import ai.hartonomous.interpret.attribute.Validation.GroupTrial;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A stored graph beside one that was computed again.
///
/// @param differences largest difference by what was compared: `links` and `influence` relative to
///   the largest number of their kind, `scores` as they are, `interventions` relative to the
///   largest edge or change
/// @param faults what does not match at all, such as a link that only one of them has
public record GraphComparison(Map<String, Double> differences, List<String> faults) {

  /// Largest difference that counts as equal: runs on other machines round differently.
  public static final double BAR = 1e-4;

  private static final int SHOWN = 10;

  /// Copies map and list.
  public GraphComparison {
    differences = Map.copyOf(differences);
    faults = List.copyOf(faults);
  }

  /// {@return whether the two are equal within rounding}
  public boolean holds() {
    return faults.isEmpty() && differences.values().stream().allMatch(d -> d <= BAR);
  }

  /// Compares two graphs.
  ///
  /// @param stored one of them
  /// @param computed the other
  /// @return what differs
  public static GraphComparison of(GraphFile stored, GraphFile computed) {
    Map<String, Double> differences = new TreeMap<>();
    List<String> faults = new ArrayList<>();
    Map<String, Double> influence = influence(stored);
    differences.put("influence", difference("node", influence, influence(computed), faults));
    differences.put("links", difference("link", links(stored), links(computed), faults));
    Origin before = stored.origin();
    Origin after = computed.origin();
    if (before == null || after == null) {
      faults.add("no record of how the graph was made");
      return new GraphComparison(differences, faults);
    }
    differences.put("scores", scores(before, after));
    differences.put(
        "interventions",
        difference(
            "intervention", trials(before.validation()), trials(after.validation()), faults));
    return new GraphComparison(differences, faults);
  }

  private static double scores(Origin before, Origin after) {
    double worst = 0;
    for (Map.Entry<String, Scores> entry : before.scores().entrySet()) {
      Scores other = after.scores().getOrDefault(entry.getKey(), new Scores(2, 2));
      Scores one = entry.getValue();
      worst = Math.max(worst, Math.abs(one.replacement() - other.replacement()));
      worst = Math.max(worst, Math.abs(one.completeness() - other.completeness()));
    }
    return worst;
  }

  private static Map<String, Double> influence(GraphFile graph) {
    Map<String, Double> influence = new HashMap<>();
    for (Node node : graph.nodes()) {
      Own own = node.own();
      influence.put(node.nodeId(), own == null ? 0 : own.influence());
    }
    return influence;
  }

  private static Map<String, Double> links(GraphFile graph) {
    Map<String, Double> links = new HashMap<>();
    for (Link link : graph.links()) {
      links.put(link.source() + " to " + link.target(), (double) link.weight());
    }
    return links;
  }

  private static Map<String, Double> trials(Validation validation) {
    Map<String, Double> trials = new HashMap<>();
    for (EdgeTrial trial : validation.trials()) {
      String name = trial.source() + " to " + trial.target();
      trials.put(name + " edge", trial.edge());
      changes(name, trial.changes(), trials);
      Double control = trial.control();
      if (control != null) {
        trials.put(name + " control", control);
      }
    }
    GroupTrial group = validation.group();
    if (group != null) {
      changes("group " + String.join(" ", group.members()), group.changes(), trials);
      for (int draw = 0; draw < group.controls().size(); draw++) {
        trials.put("group control " + draw, group.controls().get(draw));
      }
    }
    return trials;
  }

  private static void changes(String name, Changes changes, Map<String, Double> trials) {
    trials.put(name + " frozen", changes.frozen());
    trials.put(name + " attention frozen", changes.attentionFrozen());
    trials.put(name + " free", changes.free());
  }

  /// {@return largest difference relative to the largest number}
  private static double difference(
      String what, Map<String, Double> a, Map<String, Double> b, List<String> faults) {
    double largest = Double.MIN_NORMAL;
    double worst = 0;
    for (Map.Entry<String, Double> entry : a.entrySet()) {
      largest = Math.max(largest, Math.abs(entry.getValue()));
      Double other = b.get(entry.getKey());
      if (other != null) {
        worst = Math.max(worst, Math.abs(entry.getValue() - other));
      } else if (faults.size() < SHOWN) {
        faults.add("only the stored graph has the " + what + " " + entry.getKey());
      }
    }
    for (String key : b.keySet()) {
      if (!a.containsKey(key) && faults.size() < SHOWN) {
        faults.add("only the computed graph has the " + what + " " + key);
      }
    }
    return worst / largest;
  }
}
