package ai.hartonomous.bench;

import java.io.PrintStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.openjdk.jmh.results.RunResult;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes results as a table, or as one JSON object in each line.
///
/// @param out where to
/// @param json whether a machine reads it
record Report(PrintStream out, boolean json) {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  void machine() {
    if (!json) {
      out.printf(
          "%s, %d cores, Java %s%n",
          System.getProperty("os.arch"),
          Runtime.getRuntime().availableProcessors(),
          Runtime.version());
    }
  }

  void absent(Contest contest, String reason) {
    if (json) {
      out.println(MAPPER.writeValueAsString(Map.of("contest", contest.name(), "absent", reason)));
    } else {
      out.printf("%s: absent: %s%n", contest.name(), reason);
    }
  }

  void outcome(Outcome outcome) {
    if (json) {
      out.println(MAPPER.writeValueAsString(outcome));
    } else {
      out.printf(
          "%s, %d threads: %.2f times %s%n",
          outcome.contest(), outcome.threads(), outcome.ratio(), outcome.peer());
    }
  }

  void memory(Contest contest, int threads, Optional<PeakMemory> peak) {
    if (json) {
      ObjectNode node = MAPPER.createObjectNode();
      node.put("contest", contest.name()).put("threads", threads);
      node.set("peakMemory", MAPPER.valueToTree(peak.orElse(null)));
      out.println(MAPPER.writeValueAsString(node));
    } else {
      String measured =
          peak.map(
                  p ->
                      "%.0f MiB, of which %.0f MiB live after a collection"
                          .formatted(p.residentBytes() / 0x1p20, p.liveBytes() / 0x1p20))
              .orElse("not measured");
      out.printf("%s, %d threads: peak memory %s%n", contest.name(), threads, measured);
    }
  }

  void table(List<Outcome> outcomes) {
    if (json || outcomes.isEmpty()) {
      return;
    }
    out.println();
    String row = "%-27s %2s %-9s %9s %9s  %-24s %5s %5s  %11s %5s %-6s%n";
    out.printf(
        row,
        "work",
        "T",
        "unit",
        "ours",
        "peer's",
        "peer",
        "ratio",
        "best",
        "quartiles",
        "bar",
        "");
    for (Outcome o : outcomes) {
      out.printf(
          row,
          o.contest(),
          o.threads(),
          o.unit(),
          number(o.ours()),
          number(o.theirs()),
          o.peer().length() > 24 ? o.peer().substring(0, 24) : o.peer(),
          "%.2f".formatted(o.ratio()),
          "%.2f".formatted(o.ratioOfBest()),
          "%.2f-%.2f".formatted(o.ratioLow(), o.ratioHigh()),
          "%.2f".formatted(o.bar()),
          o.reached() ? "met" : "missed");
    }
    out.println();
    out.println(
        "ratio: our median speed / the peer's; best: the same of the best turns; quartiles: of the"
            + " ratios of single rounds.");
  }

  void kernels(Collection<RunResult> results) {
    out.println();
    out.printf("%-28s %-24s %12s %10s%n", "kernel", "parameters", "time", "error");
    for (RunResult result : results) {
      var score = result.getPrimaryResult();
      var parameters = result.getParams();
      StringBuilder named = new StringBuilder();
      for (String key : parameters.getParamsKeys()) {
        named.append(key).append('=').append(parameters.getParam(key)).append(' ');
      }
      out.printf(
          "%-28s %-24s %9.3f %s %7.3f%n",
          score.getLabel(), named, score.getScore(), score.getScoreUnit(), score.getScoreError());
    }
  }

  private static String number(double value) {
    return value >= 100 ? "%.0f".formatted(value) : "%.3g".formatted(value);
  }
}
