package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.Outcome;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.evaluate.ModelSize;
import ai.hartonomous.distill.evaluate.PeakMemory;
import ai.hartonomous.distill.evaluate.PeakMemory.Measured;
import ai.hartonomous.distill.evaluate.Report;
import ai.hartonomous.distill.evaluate.Retention;
import ai.hartonomous.distill.evaluate.SearchPoint;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Shows what came of a distillation.
///
/// @param outcome what came of it
/// @param memory what both models take
record AgentReport(Outcome outcome, Memory memory) {

  /// Memory of processes that do nothing but decode.
  ///
  /// @param source with the source, or null where it was not measured
  /// @param agent with the agent
  record Memory(@Nullable Measured source, @Nullable Measured agent) {

    /// {@return the memory of source and agent, measured where there is an agent}
    static Memory of(Path source, Outcome outcome) throws InterruptedException {
      return switch (outcome) {
        case Outcome.Made(_, Path folder) ->
            new Memory(PeakMemory.of(source).orElse(null), PeakMemory.of(folder).orElse(null));
        case Outcome.ThresholdNotMet _ -> new Memory(null, null);
      };
    }
  }

  /// {@return a table for people}
  String text() {
    Report report = outcome.report();
    ModelSize source = report.source();
    ModelSize agent = report.agent();
    var text = new StringBuilder();
    text.append(row("", "source", "agent", "ratio"));
    text.append(row("parameters", source.parameters(), agent.parameters()));
    text.append(row("attention heads", source.heads(), agent.heads()));
    text.append(row("neurons", source.neurons(), agent.neurons()));
    text.append(row("components", source.components(), agent.components()));
    text.append(row("bytes on disk", source.bytes(), agent.bytes()));
    text.append(row("bytes while decoding", source.decodeBytes(), agent.decodeBytes()));
    appendMemory(text);
    long sourceRate = Math.round(source.tokensPerSecond());
    text.append(row("tokens per second", sourceRate, Math.round(agent.tokensPerSecond())));
    text.append(latency(source.speed(), agent.speed()));
    for (Retention kept : report.retention()) {
      String name = kept.capability() + (kept.kind() == Retention.Kind.TARGET ? " *" : "");
      String ratio = Double.isNaN(kept.ratio()) ? "-" : decimal("%.3f", kept.ratio());
      text.append(row(name, share(kept.source()), share(kept.agent()), ratio));
    }
    String metrics =
        report.retention().stream()
            .map(kept -> kept.source().metric().label())
            .distinct()
            .collect(Collectors.joining(", "));
    text.append("Figures (").append(metrics);
    text.append(") are of held-out items, with standard error; * was asked for.\n");
    if (outcome instanceof Outcome.Made(_, var folder)) {
      text.append("Written to ").append(folder).append('\n');
    }
    return text.toString();
  }

  private void appendMemory(StringBuilder text) {
    Measured source = memory.source();
    Measured agent = memory.agent();
    if (source == null || agent == null) {
      return;
    }
    text.append(row("bytes in use", source.liveBytes(), agent.liveBytes()));
    Long whole = source.processBytes();
    Long part = agent.processBytes();
    if (whole != null && part != null) {
      text.append(row("bytes of a process", whole, part));
    }
  }

  private static String row(String name, long source, long agent) {
    return row(
        name,
        Long.toString(source),
        Long.toString(agent),
        decimal("%.3f", agent / (double) source));
  }

  private static String row(String name, String source, String agent, String ratio) {
    return "%-22s %16s %16s %8s%n".formatted(name, source, agent, ratio);
  }

  private static String latency(ModelSize.Speed source, ModelSize.Speed agent) {
    return row(
        "ms for %d tokens".formatted(source.promptTokens()),
        decimal("%.2f", source.promptMillis()),
        decimal("%.2f", agent.promptMillis()),
        decimal("%.3f", agent.promptMillis() / source.promptMillis()));
  }

  private static String share(Score score) {
    return decimal("%.3f", score.value()) + " ± " + decimal("%.3f", score.standardError());
  }

  private static String decimal(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /// {@return one line of JSON}
  String json() {
    ObjectNode root = new JsonMapper().createObjectNode();
    switch (outcome) {
      case Outcome.Made(_, var folder) ->
          root.put("status", "made").put("folder", folder.toString());
      case Outcome.ThresholdNotMet(_, String reason) ->
          root.put("status", "threshold_not_met").put("reason", reason);
    }
    Report report = outcome.report();
    size(root.putObject("source"), report.source(), memory.source());
    size(root.putObject("agent"), report.agent(), memory.agent());
    ArrayNode retention = root.putArray("retention");
    for (Retention kept : report.retention()) {
      ObjectNode entry = retention.addObject();
      entry.put("capability", kept.capability());
      entry.put("kind", kept.kind().name().toLowerCase(Locale.ROOT));
      entry.put("floor", kept.floor());
      entry.put("metric", kept.source().metric().label());
      entry.put("n", kept.source().items());
      entry.put("shots", kept.source().protocol().shots());
      entry.put("seed", kept.source().protocol().seed());
      entry.put("template_sha256", kept.source().protocol().templateHash());
      score(entry.putObject("source"), kept.source());
      score(entry.putObject("agent"), kept.agent());
      if (!Double.isNaN(kept.ratio())) {
        entry.put("ratio", kept.ratio()).put("ratio_standard_error", kept.ratioError());
        entry.put("ratio_standard_error_method", "paired over items, delta method");
      }
    }
    ArrayNode search = root.putArray("search");
    report.search().forEach(point -> point(search.addObject(), point));
    return root + "\n";
  }

  private static void size(ObjectNode json, ModelSize size, @Nullable Measured memory) {
    json.put("parameters", size.parameters());
    json.put("heads", size.heads()).put("neurons", size.neurons());
    json.put("components", size.components());
    json.put("bytes", size.bytes()).put("decode_bytes", size.decodeBytes());
    json.put("tokens_per_second", size.tokensPerSecond());
    json.put("prompt_tokens", size.speed().promptTokens());
    json.put("prompt_milliseconds", size.speed().promptMillis());
    if (memory != null) {
      ObjectNode measured = json.putObject("memory");
      measured.put("tokens", memory.tokens()).put("live_bytes", memory.liveBytes());
      measured.put("process_bytes", memory.processBytes());
    }
  }

  private static void score(ObjectNode json, Score score) {
    if (score.metric() == Metric.EXACT_MATCH) {
      json.put("exact_match", score.exactMatch());
    }
    json.put("value", score.value()).put("standard_error", score.standardError());
  }

  private static void point(ObjectNode json, SearchPoint point) {
    json.put("components", point.components()).put("parameters", point.parameters());
    json.put("steps", point.steps()).put("items", point.items());
    json.put("exact_match_before", point.exactMatchBefore());
    json.put("exact_match", point.exactMatch()).put("loss", point.loss());
  }
}
