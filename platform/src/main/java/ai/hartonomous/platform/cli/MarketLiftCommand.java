package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `hartonomous market lift`: lifts a takedown.
@Command(
    name = "lift",
    description = "Lets a publisher offer a listing again that an administrator took down.",
    mixinStandardHelpOptions = true)
final class MarketLiftCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(paramLabel = "LISTING", description = "Id of the listing.")
  private UUID listing = new UUID(0, 0);

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    server.delete("/v1/admin/market/listings/%s/takedown".formatted(listing));
    spec.commandLine()
        .getOut()
        .println(asJson ? "{\"lifted\":\"%s\"}".formatted(listing) : "Lifted.");
    return 0;
  }
}
