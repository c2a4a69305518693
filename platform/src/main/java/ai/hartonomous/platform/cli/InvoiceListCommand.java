package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `hartonomous invoice list`: what a tenant has to pay, and how far it is.
@Command(
    name = "list",
    description = "Lists invoices and credit notes of a tenant (--as), and how they stand.",
    mixinStandardHelpOptions = true)
final class InvoiceListCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Option(names = "--json", description = "Prints the invoices, one on each line.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode one : server.all("/v1/invoices")) {
      out.println(asJson ? one.toString() : line(one));
    }
    return 0;
  }

  /// {@return an invoice in one line}
  static String line(JsonNode invoice) {
    String standing =
        invoice.has("state")
            ? "%s, %s paid, due %s"
                .formatted(
                    invoice.get("state").asString(),
                    invoice.get("paid").asString(),
                    invoice.get("due").asString())
            : invoice.get("kind").asString();
    return "%s %s %12s %s %s"
        .formatted(
            invoice.get("id").asString(),
            invoice.get("number").asString(),
            invoice.get("total").asString(),
            invoice.get("currency").asString(),
            standing);
  }
}
