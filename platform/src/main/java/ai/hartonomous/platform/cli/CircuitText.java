package ai.hartonomous.platform.cli;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Figures of circuits as tables for people.
final class CircuitText {

  private CircuitText() {}

  static String found(JsonNode figures) {
    var text = new StringBuilder(head(figures));
    text.append(line("%n%-28s %12s   %s", "edge", "score", "95 % of resampled items"));
    for (JsonNode edge : figures.path("top_edges")) {
      text.append(
          line(
              "%-28s %12.5f   %.5f to %.5f",
              edge.path("edge").asString(),
              edge.path("score").asDouble(),
              edge.path("score_low").asDouble(),
              edge.path("score_high").asDouble()));
    }
    text.append(line("%n%-28s %12s", "component", "score"));
    for (JsonNode node : figures.path("sources")) {
      text.append(
          line("%-28s %12.5f", node.path("node").asString(), node.path("score").asDouble()));
    }
    if (!figures.path("neurons").isEmpty()) {
      text.append(line("%n%-28s %12s", "neuron", "score"));
    }
    for (JsonNode neuron : figures.path("neurons")) {
      text.append(
          line("%-28s %12.5f", neuron.path("neuron").asString(), neuron.path("score").asDouble()));
    }
    text.append(halves(figures.path("halves")));
    text.append(truth(figures.path("truth")));
    return text.toString().stripTrailing();
  }

  static String scored(JsonNode figures) {
    var text = new StringBuilder(head(figures));
    if (figures.path("range_low").asDouble() <= 0) {
      text.append(
          "NO EFFECT TO EXPLAIN: the whole model is not surely better than with every edge");
      text.append(" corrupted, so faithfulness means nothing here.\n");
    }
    text.append(
        line("%n%8s %8s %10s %10s   %s", "share", "taken", "f signed", "f absolute", "f random"));
    for (int k = 0; k < figures.path("signed").size(); k++) {
      JsonNode random = figures.path("random").get(k);
      text.append(
          line(
              "%7.1f%% %8d %10.3f %10.3f   %.3f (%.3f to %.3f)",
              100 * random.path("share").asDouble(),
              figures.path("signed").get(k).path("taken").asInt(),
              figures.path("signed").get(k).path("f").asDouble(),
              figures.path("absolute").get(k).path("f").asDouble(),
              random.path("f").asDouble(),
              random.path("f_low").asDouble(),
              random.path("f_high").asDouble()));
    }
    text.append(line("%n%-12s %8s   %s", "", "value", "95 %"));
    text.append(area(figures, "cpr", "CPR"));
    text.append(area(figures, "random_cpr", "random CPR"));
    text.append(area(figures, "cmd", "CMD"));
    text.append(area(figures, "random_cmd", "random CMD"));
    text.append("CPR may exceed 1: a circuit without harmful edges beats the whole model.\n");
    text.append(reaches(figures, "signed")).append(reaches(figures, "absolute"));
    text.append(halves(figures.path("halves")));
    return text.toString().stripTrailing();
  }

  private static String head(JsonNode figures) {
    var text = new StringBuilder();
    text.append(
        line(
            "%s, %d items: %s by %s, %s corruption",
            figures.path("suite").asString(),
            figures.path("items").asInt(),
            figures.path("metric").asString(),
            figures.path("method").asString(),
            figures.path("corruption").asString()));
    figures
        .path("skipped")
        .properties()
        .forEach(e -> text.append(line("left out %s with %s", e.getValue(), e.getKey())));
    text.append(
        line(
            "%.4f in the whole model, %.4f with every edge corrupted",
            figures.path("whole").asDouble(), figures.path("none").asDouble()));
    return text.toString();
  }

  private static String area(JsonNode figures, String name, String label) {
    return line(
        "%-12s %8.3f   %.3f to %.3f",
        label,
        figures.path(name).asDouble(),
        figures.path(name + "_low").asDouble(),
        figures.path(name + "_high").asDouble());
  }

  private static String reaches(JsonNode figures, String order) {
    JsonNode share = figures.path(order + "_reaches_0.9_at");
    return share.isNumber()
        ? line("f reaches 0.9 at %.1f %% of edges, %s", 100 * share.asDouble(), order)
        : line("f never reaches 0.9, %s", order);
  }

  private static String halves(JsonNode halves) {
    if (halves.isMissingNode()) {
      return "";
    }
    String verdict = halves.path("reproduced").asBoolean() ? "" : ": NOT REPRODUCED";
    return line(
        "%nhalves of the items: rank correlation %.3f, overlap of the top tenth %.3f%s",
        halves.path("rank_correlation").asDouble(),
        halves.path("overlap_of_top_tenth").asDouble(),
        verdict);
  }

  private static String truth(JsonNode truth) {
    if (truth.isMissingNode()) {
      return "";
    }
    return line(
        "%nknown circuit: AUROC %.4f, %.4f without %d listed edges that can carry nothing; random"
            + " %.3f (%.3f to %.3f)%n%d of %d edges found, components %s",
        truth.path("auroc").asDouble(),
        truth.path("auroc_without_severed").asDouble(),
        truth.path("listed_but_severed").size(),
        truth.path("random_auroc").asDouble(),
        truth.path("random_auroc_low").asDouble(),
        truth.path("random_auroc_high").asDouble(),
        truth.path("edges_found").asInt(),
        truth.path("edges").asInt(),
        truth.path("nodes_recovered").asBoolean() ? "recovered" : "NOT RECOVERED");
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format + "%n", values);
  }
}
