package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous payout make`: makes a batch of payouts and writes its files. A batch that was made
/// is only shown again.
@Command(
    name = "make",
    description = "Makes a batch of payouts. A batch that was made is only shown again.",
    mixinStandardHelpOptions = true)
final class PayoutMakeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Option(
      names = "--until",
      required = true,
      paramLabel = "YYYY-MM-DD",
      description = "Last day (UTC) of what is paid out.")
  private LocalDate until = LocalDate.of(2000, 1, 1);

  @Option(
      names = "--currency",
      paramLabel = "CODE",
      defaultValue = "EUR",
      description = "ISO 4217 (default: ${DEFAULT-VALUE}).")
  private String currency = "EUR";

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      defaultValue = "file",
      description = "file or provider (default: ${DEFAULT-VALUE}).")
  private String method = "file";

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "Makes the batch known (default: method, currency and day).")
  private @Nullable String key;

  @Option(names = "--csv", paramLabel = "FILE", description = "Writes the batch as CSV.")
  private @Nullable Path csv;

  @Option(
      names = "--sepa",
      paramLabel = "FILE",
      description = "Writes the batch as a SEPA credit transfer (pain.001.001.09).")
  private @Nullable Path sepa;

  @Option(names = "--json", description = "Prints the JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ObjectNode order = JsonMapper.shared().createObjectNode();
    order.put("until", until.toString()).put("currency", currency).put("method", method);
    if (key != null) {
      order.put("key", key);
    }
    JsonNode made = server.post("/v1/admin/payouts", order);
    String path = "/v1/admin/payouts/" + made.get("id").asString();
    if (csv != null) {
      Files.writeString(csv, server.text(path + "/csv"));
    }
    if (sepa != null) {
      Files.writeString(sepa, server.text(path + "/sepa"));
    }
    print(made);
    return 0;
  }

  private void print(JsonNode made) {
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      out.println(made);
      return;
    }
    out.printf("batch %s%n", made.get("key").asString());
    for (JsonNode payout : made.get("payouts")) {
      out.printf(
          "%12s %s %-8s %s%n",
          payout.get("amount").asString(),
          made.get("currency").asString(),
          payout.get("state").asString(),
          payout.get("owner").asString());
    }
    out.printf("%12s %s total%n", made.get("total").asString(), made.get("currency").asString());
  }
}
