package ai.hartonomous.platform.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// What the server measured of source and agent, as a table, and the bars it is held to.
///
/// @param report report of the agent as the server gave it
/// @param answerIsRight whether the agent's answer to the question was the expected one
record Figures(JsonNode report, boolean answerIsRight) {

  private static final double KEPT = 0.95;
  private static final double SIZE = 0.5;

  /// {@return the table, one row to a line}
  String table() {
    var text = new StringBuilder();
    text.append(row("", "source", "agent", "agent/source"));
    text.append(count("parameters", "parameters"));
    text.append(count("components", "components"));
    text.append(count("bytes on disk", "bytes"));
    text.append(count("tokens per second", "tokensPerSecond"));
    for (JsonNode kept : report.get("retention")) {
      boolean target = kept.get("kind").asString().equals("target");
      text.append(
          row(
              "exact match " + kept.get("capability").asString() + (target ? " *" : ""),
              share(kept.get("source")),
              share(kept.get("agent")),
              kept.has("ratio") ? decimal(kept.get("ratio").asDouble()) : "-"));
    }
    return text + "* what the agent was asked to keep; exact match on held-out items\n";
  }

  /// {@return one sentence for each bar that was missed}
  List<String> shortfalls() {
    List<String> missed = new ArrayList<>();
    for (JsonNode kept : report.get("retention")) {
      boolean target = kept.get("kind").asString().equals("target");
      if (target && !(kept.path("ratio").asDouble(0) >= KEPT)) {
        missed.add(
            "%s keeps %s of the source's exact match, the bar is %s"
                .formatted(
                    kept.get("capability").asString(),
                    decimal(kept.path("ratio").asDouble(0)),
                    decimal(KEPT)));
      }
    }
    addUnless(missed, ratio("components") <= SIZE, "more than half of the components are left");
    addUnless(missed, ratio("parameters") < 1, "the tensors are not smaller");
    addUnless(missed, ratio("bytes") < 1, "the files are not smaller");
    addUnless(missed, ratio("tokensPerSecond") > 1, "decoding is not faster");
    addUnless(missed, answerIsRight, "the answer to the question is wrong");
    return missed;
  }

  private static void addUnless(List<String> missed, boolean met, String sentence) {
    if (!met) {
      missed.add(sentence);
    }
  }

  private double ratio(String field) {
    return report.at("/agent/" + field).asDouble() / report.at("/source/" + field).asDouble();
  }

  private String count(String name, String field) {
    return row(
        name,
        number(report.at("/source/" + field).asDouble()),
        number(report.at("/agent/" + field).asDouble()),
        decimal(ratio(field)));
  }

  private static String row(String name, String source, String agent, String ratio) {
    return "%-26s %16s %16s %14s%n".formatted(name, source, agent, ratio);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static String share(JsonNode match) {
    return decimal(match.get("exactMatch").asDouble())
        + " ± "
        + decimal(match.get("standardError").asDouble());
  }
}
