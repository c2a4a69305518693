package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `hartonomous market sales`: what a publisher earned in a month.
@Command(
    name = "sales",
    description = "Shows what was billed of a publisher's (--as) listings, and who gets it.",
    mixinStandardHelpOptions = true)
final class MarketSalesCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Option(
      names = "--month",
      required = true,
      paramLabel = "YYYY-MM",
      description = "A month that was billed.")
  private YearMonth month = YearMonth.of(2000, 1);

  @Option(names = "--csv", paramLabel = "FILE", description = "Writes it as CSV, too.")
  private @Nullable Path csv;

  @Option(names = "--json", description = "Prints the JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    JsonNode sales = server.get("/v1/market/publisher/sales?month=" + month);
    Path file = csv;
    if (file != null) {
      Files.writeString(file, server.text("/v1/market/publisher/sales/csv?month=" + month));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      out.println(sales);
      return 0;
    }
    out.printf(
        "%-40s %10s %12s %12s %12s %12s %12s%n",
        "listing", "calls", "gross", "refunds", "commission", "owners", "net");
    sales.get("items").forEach(it -> print(out, it, it.get("model").asString()));
    sales.get("totals").forEach(it -> print(out, it, "total"));
    return 0;
  }

  private static void print(PrintWriter out, JsonNode sums, String name) {
    out.printf(
        "%-40s %10s %12s %12s %12s %12s %12s %s%n",
        name,
        sums.path("calls").asString(""),
        sums.get("gross").asString(),
        sums.get("refunds").asString(),
        sums.get("commission").asString(),
        sums.get("owners").asString(),
        sums.get("net").asString(),
        sums.get("currency").asString());
  }
}
