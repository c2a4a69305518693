package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `hartonomous invoice make`: bills a month of a tenant. A month that was billed is only shown.
@Command(
    name = "make",
    description = "Bills a month of a tenant. A month that was billed is only shown again.",
    mixinStandardHelpOptions = true)
final class InvoiceMakeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Option(names = "--user", required = true, paramLabel = "NAME", description = "The tenant.")
  private String user = "";

  @Option(
      names = "--month",
      required = true,
      paramLabel = "YYYY-MM",
      description = "A month that is over.")
  private YearMonth month = YearMonth.of(2000, 1);

  @Option(names = "--json", description = "Prints the JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    String path =
        "/v1/admin/invoices?user=%s&month=%s"
            .formatted(URLEncoder.encode(user, StandardCharsets.UTF_8), month);
    JsonNode made = server.post(path, JsonMapper.shared().createObjectNode());
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      out.println(made);
      return 0;
    }
    String currency = made.get("currency").asString();
    out.printf("%s %s%n", made.get("kind").asString(), made.get("number").asString());
    for (JsonNode line : made.get("lines")) {
      out.printf(
          "%12s %s %-40s %s%n",
          line.get("amount").asString(),
          currency,
          line.get("description").asString(),
          line.get("quantity").asString());
    }
    out.printf("%12s %s total%n", made.get("total").asString(), currency);
    return 0;
  }
}
