package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.attribute.AttributionGraph;
import ai.hartonomous.interpret.attribute.Conservation;
import ai.hartonomous.interpret.attribute.GraphFigures;
import ai.hartonomous.interpret.attribute.OutputTarget;
import ai.hartonomous.interpret.attribute.Scores;
import ai.hartonomous.interpret.attribute.Validation;
import ai.hartonomous.interpret.attribute.Validation.Changes;
import ai.hartonomous.interpret.attribute.Validation.GroupTrial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The figures of a graph, for people and for programs.
final class GraphReport {

  private GraphReport() {}

  static ObjectNode json(GraphFigures figures) {
    AttributionGraph graph = figures.pruned().graph();
    ObjectNode json = ModelSource.mapper().createObjectNode();
    ArrayNode targets = json.putArray("targets");
    for (OutputTarget target : graph.targets()) {
      targets
          .addObject()
          .put("label", target.label())
          .put("weight", target.weight())
          .put("value", target.value());
    }
    json.put("active_features", graph.features());
    json.put("visited_features", graph.visitedFeatures());
    json.put("listed_share", graph.listedShare());
    json.put("kept_nodes", keptNodes(figures));
    json.put("kept_edges", keptEdges(figures));
    Conservation conservation = figures.conservation();
    json.putObject("conservation")
        .put("nodes", conservation.nodes())
        .put("worst", conservation.worst())
        .put("worst_of_absolute", conservation.worstOfAbsolute())
        .put("strictly_within", conservation.strictlyWithin())
        .put("bias_share", conservation.biasShare());
    ObjectNode scores = json.putObject("scores");
    for (Map.Entry<String, Scores> entry : figures.scores().entrySet()) {
      scores
          .putObject(entry.getKey())
          .put("replacement", entry.getValue().replacement())
          .put("completeness", entry.getValue().completeness());
    }
    validation(json.putObject("interventions"), figures.validation());
    return json;
  }

  private static int keptNodes(GraphFigures figures) {
    int kept = 0;
    for (boolean node : figures.pruned().nodes()) {
      kept += node ? 1 : 0;
    }
    return kept;
  }

  private static int keptEdges(GraphFigures figures) {
    return figures.pruned().edges().stream().mapToInt(row -> row.length).sum();
  }

  private static void validation(ObjectNode json, Validation validation) {
    json.put("edges", validation.trials().size());
    json.put("worst_frozen", validation.worstFrozen());
    correlations(json.putObject("attention_frozen"), validation, Changes::attentionFrozen);
    correlations(json.putObject("free"), validation, Changes::free);
    put(json, "mean_free_change", validation.meanFree());
    put(json, "mean_control_change", validation.meanControl());
    GroupTrial group = validation.group();
    if (group != null) {
      ObjectNode entry = json.putObject("group");
      ArrayNode members = entry.putArray("members");
      group.members().forEach(members::add);
      entry.put("mass", group.mass());
      entry.put("edges", group.edges());
      entry.put("frozen", group.changes().frozen());
      entry.put("attention_frozen", group.changes().attentionFrozen());
      entry.put("free", group.changes().free());
      ArrayNode controls = entry.putArray("controls");
      group.controls().forEach(controls::add);
    }
  }

  private static void correlations(
      ObjectNode json, Validation validation, ToDoubleFunction<Changes> change) {
    put(json, "correlation", validation.correlation(change));
    json.put("same_sign", validation.sameSign(change));
  }

  /// What cannot be known, such as the correlation of one trial, is null.
  private static void put(ObjectNode json, String key, double value) {
    json.put(key, Double.isNaN(value) ? null : (Double) value);
  }

  static List<String> lines(GraphFigures figures) {
    AttributionGraph graph = figures.pruned().graph();
    Conservation sums = figures.conservation();
    List<String> lines = new ArrayList<>();
    lines.add(
        "%,d active features, %,d visited; %,d nodes and %,d edges kept; %.2f %% of edges listed"
            .formatted(
                graph.features(),
                graph.visitedFeatures(),
                keptNodes(figures),
                keptEdges(figures),
                100 * graph.listedShare()));
    lines.add(
        "conservation: %s over %,d nodes, worst relative gap %.1e (bar %.0e); biases give %.1f %%"
            .formatted(
                sums.holds() ? "holds" : "BROKEN",
                sums.nodes(),
                sums.worst(),
                Conservation.BAR,
                100 * sums.biasShare()));
    figures.scores().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            entry ->
                "%-32s replacement %.4f  completeness %.4f"
                    .formatted(
                        entry.getKey(),
                        entry.getValue().replacement(),
                        entry.getValue().completeness()))
        .forEach(lines::add);
    validationLines(figures.validation(), lines);
    return lines;
  }

  private static void validationLines(Validation validation, List<String> lines) {
    lines.add(
        "%d edges removed: frozen model off by %.1e; correlation %.3f with attention frozen, %.3f"
                .formatted(
                    validation.trials().size(),
                    validation.worstFrozen(),
                    validation.correlation(Changes::attentionFrozen),
                    validation.correlation(Changes::free))
            + " free; mean change %.4f, control %.4f"
                .formatted(validation.meanFree(), validation.meanControl()));
    GroupTrial group = validation.group();
    if (group != null) {
      double control =
          group.controls().stream().mapToDouble(Math::abs).average().orElse(Double.NaN);
      lines.add(
          "%d features removed together: edges %.4f, frozen %.4f, attention frozen %.4f, free %.4f;"
                  .formatted(
                      group.members().size(),
                      -group.edges(),
                      group.changes().frozen(),
                      group.changes().attentionFrozen(),
                      group.changes().free())
              + " random features of equal mass %.4f".formatted(control));
    }
  }
}
