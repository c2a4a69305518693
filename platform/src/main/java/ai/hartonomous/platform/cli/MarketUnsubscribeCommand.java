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
import tools.jackson.databind.JsonNode;

/// `hartonomous market unsubscribe`: ends a subscription.
@Command(
    name = "unsubscribe",
    description = "Ends a subscription of a tenant (--as) with the running month.",
    mixinStandardHelpOptions = true)
final class MarketUnsubscribeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(paramLabel = "SUBSCRIPTION", description = "Id of the subscription.")
  private UUID subscription = new UUID(0, 0);

  @Option(names = "--json", description = "Prints the JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    JsonNode ended = server.remove("/v1/market/subscriptions/" + subscription);
    spec.commandLine()
        .getOut()
        .println(asJson ? ended.toString() : "Ends " + ended.get("ends").asString() + ".");
    return 0;
  }
}
