package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.compose.Combination;
import ai.hartonomous.distill.compose.Combination.Trial;
import ai.hartonomous.distill.compose.Combining;
import ai.hartonomous.distill.compose.CompositeOutcome;
import ai.hartonomous.distill.compose.CompositeReport;
import ai.hartonomous.distill.compose.CompositeReport.Bid;
import ai.hartonomous.distill.compose.CompositeReport.Carried;
import ai.hartonomous.distill.compose.CompositeReport.Expert;
import ai.hartonomous.distill.compose.CompositeReport.Routed;
import ai.hartonomous.distill.compose.Count;
import ai.hartonomous.distill.evaluate.ModelSize;
import ai.hartonomous.distill.evaluate.Retention;
import ai.hartonomous.distill.evaluate.Retention.Kind;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Shows what came of a distillation of several sources.
final class CompositeText {

  private CompositeText() {}

  /// {@return tables for people}
  static String text(CompositeOutcome outcome) {
    CompositeReport report = outcome.report();
    var text = new StringBuilder("Exact match of the sources on calibration items:\n");
    for (Carried carried : report.capabilities()) {
      String bids =
          carried.bids().stream().map(CompositeText::bid).collect(Collectors.joining(", "));
      String by = carried.source() == null ? "nobody" : carried.source();
      text.append("  %s: %s; carried by %s%n".formatted(carried.capability(), bids, by));
    }
    if (!report.experts().isEmpty()) {
      text.append(
          "%n%-22s %20s %20s %8s%n".formatted("expert", "components", "parameters", "limit"));
    }
    for (Expert expert : report.experts()) {
      ModelSize source = expert.report().source();
      ModelSize agent = expert.report().agent();
      text.append(
          "%-22s %20s %20s %8d%n"
              .formatted(
                  expert.name(),
                  agent.components() + " of " + source.components(),
                  agent.parameters() + " of " + source.parameters(),
                  expert.limit()));
    }
    text.append(
        "Components in all: %d of %d.%n".formatted(report.components(), report.maxComponents()));
    report.accuracy().ifPresent(all -> routing(text, report, all));
    if (report.routing().isEmpty()) {
      report.experts().forEach(expert -> retention(text, expert));
    }
    if (outcome instanceof CompositeOutcome.Made(_, var folder)) {
      text.append("Written to ").append(folder).append('\n');
    }
    return text.toString();
  }

  /// Figures of an expert without a router before it: the only one, or one of those that were
  /// tried.
  private static void retention(StringBuilder text, Expert expert) {
    text.append(row("%nheld-out items".formatted(), "", "source", "agent", "ratio"));
    for (Retention kept : expert.report().retention()) {
      boolean measurable = !Double.isNaN(kept.ratio());
      text.append(
          row(
              kept.capability(),
              kept.kind() == Kind.TARGET ? "asked for" : "",
              share(kept.source()),
              share(kept.agent()),
              measurable ? String.format(Locale.ROOT, "%.3f", kept.ratio()) : "-"));
    }
  }

  private static String share(Score score) {
    return String.format(Locale.ROOT, "%.3f ± %.3f", score.value(), score.standardError());
  }

  private static void routing(StringBuilder text, CompositeReport report, Count all) {
    text.append(row("%nheld-out items".formatted(), "routed right", "source", "agent", "ratio"));
    for (Routed routed : report.routing()) {
      String ratio =
          routed.source().right() == 0 ? "-" : String.format(Locale.ROOT, "%.3f", routed.ratio());
      text.append(
          row(
              routed.capability(),
              share(routed.routed()),
              share(routed.source()),
              share(routed.agent()),
              ratio));
    }
    text.append(
        "Router: %d of %d prompts went to their expert, %s.%n"
            .formatted(all.right(), all.items(), share(all)));
    Combination combination = report.combination();
    if (combination != null) {
      combine(text, combination);
    }
  }

  private static void combine(StringBuilder text, Combination combination) {
    for (Trial trial : combination.trial()) {
      text.append(
          "%s, validation items: routed %s, mixed %s%n"
              .formatted(trial.capability(), share(trial.route()), share(trial.mix())));
    }
    if (combination.obstacle() != null) {
      text.append("Mixing is not possible: ").append(combination.obstacle()).append(".\n");
    }
    boolean mixed = combination.used() == Combining.MIX;
    text.append(
        mixed
            ? "All experts answer together, weighted by the router.\n"
            : "The router chooses the expert that answers.\n");
  }

  private static String bid(Bid bid) {
    Count right = bid.right();
    return bid.source()
        + " "
        + (right == null ? "not asked (" + bid.refusal() + ")" : share(right));
  }

  private static String row(String name, String routed, String source, String agent, String ratio) {
    return "%-22s %16s %16s %16s %8s%n".formatted(name, routed, source, agent, ratio);
  }

  private static String share(Count count) {
    return String.format(Locale.ROOT, "%.3f ± %.3f", count.share(), count.standardError());
  }

  /// {@return one line of JSON}
  static String json(CompositeOutcome outcome) {
    var mapper = new JsonMapper();
    ObjectNode root = mapper.createObjectNode();
    switch (outcome) {
      case CompositeOutcome.Made(_, var folder) ->
          root.put("status", "made").put("folder", folder.toString());
      case CompositeOutcome.ThresholdNotMet(_, String reason) ->
          root.put("status", "threshold_not_met").put("reason", reason);
    }
    root.setAll((ObjectNode) mapper.readTree(outcome.report().toJson()));
    return root + "\n";
  }
}
