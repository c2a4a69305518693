package ai.hartonomous.platform.cli;

import ai.hartonomous.distill.compare.Cell;
import ai.hartonomous.distill.compare.Cell.Figures;
import ai.hartonomous.distill.importance.Replication;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Cells of a comparison with seeds taken together: mean and standard error over seeds.
final class CompareTable {
  private final Map<Row, List<Cell>> rows = new LinkedHashMap<>();
  private final List<Replicated> replicated;

  /// What seeds are taken together for.
  private record Row(String task, double share, String contender) {}

  /// A ranking measured on two halves of a task's calibration items.
  record Replicated(String task, Replication replication) {}

  CompareTable(List<Cell> cells, List<Replicated> replicated) {
    this.replicated = List.copyOf(replicated);
    for (Cell cell : cells) {
      Row row = new Row(cell.task(), cell.share(), cell.contender());
      rows.computeIfAbsent(row, _ -> new ArrayList<>()).add(cell);
    }
  }

  /// Mean and standard error; the error is not a number for a single value.
  private record Mean(double value, double error) {

    static Mean of(List<Cell> cells, ToDoubleFunction<Cell> figure) {
      double[] values = cells.stream().mapToDouble(figure).toArray();
      double mean = 0;
      for (double value : values) {
        mean += value / values.length;
      }
      double squares = 0;
      for (double value : values) {
        squares += (value - mean) * (value - mean);
      }
      int n = values.length;
      return new Mean(mean, n > 1 ? Math.sqrt(squares / (n - 1) / n) : Double.NaN);
    }

    String text() {
      String mean = String.format(Locale.ROOT, "%.3f", value);
      return Double.isNaN(error) ? mean : mean + String.format(Locale.ROOT, " ± %.3f", error);
    }

    void put(ObjectNode json, String name) {
      json.put(name, value);
      if (!Double.isNaN(error)) {
        json.put(name + "_error", error);
      }
    }
  }

  /// {@return figures for a report}
  ObjectNode json() {
    ObjectNode root = new JsonMapper().createObjectNode();
    ArrayNode list = root.putArray("rows");
    rows.forEach(
        (row, cells) -> {
          ObjectNode json = list.addObject();
          json.put("task", row.task()).put("share", row.share()).put("method", row.contender());
          json.put("seeds", cells.size());
          Mean.of(cells, c -> c.sizes().heads()).put(json, "heads");
          Mean.of(cells, c -> c.sizes().neurons()).put(json, "neurons");
          Mean.of(cells, c -> c.sizes().parameters()).put(json, "parameters");
          figures(json.putObject("source"), cells, Cell::source);
          figures(json.putObject("before"), cells, Cell::cut);
          ArrayNode healed = json.putArray("healed");
          for (int i = 0; i < cells.getFirst().healed().size(); i++) {
            int at = i;
            ObjectNode after = healed.addObject();
            after.put("steps", cells.getFirst().healed().get(i).steps());
            figures(after, cells, c -> c.healed().get(at).figures());
          }
        });
    if (!replicated.isEmpty()) {
      ArrayNode halves = root.putArray("replication");
      replicated.forEach(r -> add(halves.addObject(), r));
    }
    return root;
  }

  private static void add(ObjectNode json, Replicated replicated) {
    Replication r = replicated.replication();
    json.put("task", replicated.task()).put("method", r.method());
    json.put("items", r.items()).put("replicates", r.replicates());
    json.put("heads_rank_correlation", r.heads().correlation());
    json.put("heads_overlap", r.heads().overlap());
    json.put("neurons_rank_correlation", r.neurons().correlation());
    json.put("neurons_overlap", r.neurons().overlap());
  }

  private interface Pick {
    Figures of(Cell cell);
  }

  private static void figures(ObjectNode json, List<Cell> cells, Pick pick) {
    Mean.of(cells, c -> pick.of(c).exact()).put(json, "exact");
    Mean.of(cells, c -> pick.of(c).loss()).put(json, "loss");
    json.put("loss_item_error", Mean.of(cells, c -> pick.of(c).lossError()).value());
    json.put("items", pick.of(cells.getFirst()).items());
  }

  /// {@return a table for people}
  ///
  /// @param source name of the model
  String text(String source) {
    var text = new StringBuilder();
    String part = "";
    for (Map.Entry<Row, List<Cell>> entry : rows.entrySet()) {
      Row row = entry.getKey();
      List<Cell> cells = entry.getValue();
      String heading = heading(source, row, cells);
      if (!heading.equals(part)) {
        part = heading;
        text.append(text.isEmpty() ? "" : "\n").append(heading).append(columns(cells));
      }
      text.append(line(row, cells));
    }
    text.append(
        """

        Exact match and loss (nats a token) of held-out items; ± is the standard error over seeds.
        """);
    replicated.forEach(
        r -> text.append("%s: %s%n".formatted(r.task(), r.replication().sentence())));
    return text.toString();
  }

  private static String heading(String source, Row row, List<Cell> cells) {
    Cell first = cells.getFirst();
    return String.format(
        Locale.ROOT,
        "%s, %s: %.0f %% of %,d components and of %,d weights, %d seeds; source %s, loss %s%n",
        source,
        row.task(),
        100 * row.share(),
        first.sizes().sourceComponents(),
        first.sizes().sourceWeights(),
        cells.size(),
        Mean.of(cells.subList(0, 1), c -> c.source().exact()).text(),
        Mean.of(cells.subList(0, 1), c -> c.source().loss()).text());
  }

  private static String columns(List<Cell> cells) {
    var text = new StringBuilder();
    text.append("%-20s %6s %8s".formatted("", "heads", "neurons"));
    text.append("  %15s %15s".formatted("exact before", "loss before"));
    cells
        .getFirst()
        .healed()
        .forEach(
            h ->
                text.append("  %15s".formatted("exact, " + h.steps()))
                    .append(" %15s".formatted("loss, " + h.steps())));
    return text.append('\n').toString();
  }

  private static String line(Row row, List<Cell> cells) {
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-20s %6.1f %8.1f",
            row.contender(),
            Mean.of(cells, c -> c.sizes().heads()).value(),
            Mean.of(cells, c -> c.sizes().neurons()).value()));
    text.append(pair(cells, Cell::cut));
    for (int i = 0; i < cells.getFirst().healed().size(); i++) {
      int at = i;
      text.append(pair(cells, c -> c.healed().get(at).figures()));
    }
    return text.append('\n').toString();
  }

  private static String pair(List<Cell> cells, Pick pick) {
    return "  %15s %15s"
        .formatted(
            Mean.of(cells, c -> pick.of(c).exact()).text(),
            Mean.of(cells, c -> pick.of(c).loss()).text());
  }
}
