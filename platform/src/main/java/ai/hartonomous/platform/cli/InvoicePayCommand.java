package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous invoice pay`: books a bank transfer for an invoice.
@Command(
    name = "pay",
    description = "Books a bank transfer for an invoice. One that was booked changes nothing.",
    mixinStandardHelpOptions = true)
final class InvoicePayCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(paramLabel = "INVOICE", description = "Id of the invoice.")
  private UUID invoice = new UUID(0, 0);

  @Option(names = "--user", required = true, paramLabel = "NAME", description = "The tenant.")
  private String user = "";

  @Option(
      names = "--payment",
      required = true,
      paramLabel = "KEY",
      description = "Makes the transfer known, such as its number at the bank.")
  private String payment = "";

  @Option(
      names = "--amount",
      required = true,
      paramLabel = "X",
      description = "In the invoice's currency.")
  private BigDecimal amount = BigDecimal.ZERO;

  @Option(
      names = "--reference",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "What the tenant wrote.")
  private String reference = "";

  @Option(
      names = "--excess",
      paramLabel = "WHERE",
      defaultValue = "refuse",
      description = "What is more than is open: refuse or wallet (default: ${DEFAULT-VALUE}).")
  private String excess = "refuse";

  @Option(names = "--json", description = "Prints the JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("payment", payment).put("amount", amount.toPlainString());
    body.put("reference", reference).put("excess", excess);
    JsonNode paid =
        server.post(
            "/v1/admin/invoices/%s/payments?user=%s"
                .formatted(invoice, URLEncoder.encode(user, StandardCharsets.UTF_8)),
            body);
    spec.commandLine().getOut().println(asJson ? paid.toString() : InvoiceListCommand.line(paid));
    return 0;
  }
}
