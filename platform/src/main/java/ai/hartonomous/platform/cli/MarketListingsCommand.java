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

/// `hartonomous market listings`: what a publisher offers.
@Command(
    name = "listings",
    description = "Lists what a publisher (--as) offers and has offered.",
    mixinStandardHelpOptions = true)
final class MarketListingsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Option(names = "--json", description = "Prints the listings, one on each line.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode one : server.all("/v1/market/publisher/listings")) {
      out.println(
          asJson
              ? one.toString()
              : "%s %-10s %-40s %s"
                  .formatted(
                      one.get("id").asString(),
                      one.get("state").asString(),
                      one.get("model").asString(),
                      one.path("reason").asString("")));
    }
    return 0;
  }
}
