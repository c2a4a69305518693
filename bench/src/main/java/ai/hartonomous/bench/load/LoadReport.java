package ai.hartonomous.bench.load;

import java.io.PrintStream;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes outcomes as a table, or as one JSON object in each line.
///
/// @param out where to
/// @param json whether a machine reads it
record LoadReport(PrintStream out, boolean json) {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final double QUIET = 0.05;
  private static final String ROW = "%-10s %-12s %8s %6s %8s %8s %6s %6s %8s %8s %6s %6s %6s %s%n";
  private static final String HEAD =
      "database,operation,req/s,bar,p50 ms,p99 ms,bar,errors,CPU ms,db ms,heap,peak,others,bars";

  /// One result, as soon as it is there.
  void outcome(Outcome outcome) {
    if (json) {
      ObjectNode node = MAPPER.valueToTree(outcome);
      out.println(MAPPER.writeValueAsString(node.put("met", outcome.met())));
      return;
    }
    out.printf("%s %s: %.0f requests/s%n", outcome.database(), outcome.operation(), outcome.rate());
  }

  void table(List<Outcome> outcomes) {
    if (json || outcomes.isEmpty()) {
      return;
    }
    out.println();
    out.printf(ROW, (Object[]) HEAD.split(","));
    outcomes.forEach(outcome -> out.printf(ROW, cells(outcome)));
    out.println();
    out.println(
        "CPU ms: processor time of the server for one request; db ms: of the database's own"
            + " processes; heap and peak: MiB of heap in use at the end, and of memory at the most.");
    if (outcomes.stream().anyMatch(it -> it.elsewhere() > QUIET)) {
      out.println(
          "others: the machine was not quiet; that share of its processors went to other programs.");
    }
  }

  private static Object[] cells(Outcome o) {
    Double database = o.databaseCpuMillis();
    return new Object[] {
      o.database(),
      o.operation(),
      "%.0f".formatted(o.rate()),
      o.rateBar() == 0 ? "-" : o.rateBar(),
      "%.1f".formatted(o.p50Millis()),
      "%.1f".formatted(o.p99Millis()),
      o.p99BarMillis(),
      o.errors(),
      "%.2f".formatted(o.serverCpuMillis()),
      database == null ? "?" : "%.2f".formatted(database),
      o.heapBytes() >> 20,
      o.peakBytes() >> 20,
      "%.0f%%".formatted(100 * o.elsewhere()),
      o.met() ? "met" : "missed"
    };
  }
}
