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

/// `hartonomous market subscriptions`: what a tenant is subscribed to.
@Command(
    name = "subscriptions",
    description = "Lists what a tenant (--as) is or was subscribed to.",
    mixinStandardHelpOptions = true)
final class MarketSubscriptionsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Option(names = "--json", description = "Prints the subscriptions, one on each line.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode one : server.all("/v1/market/subscriptions")) {
      out.println(
          asJson
              ? one.toString()
              : "%s %-40s %s%s"
                  .formatted(
                      one.get("id").asString(),
                      one.get("model").asString(),
                      one.get("active").asBoolean() ? "active" : "ended",
                      one.has("ends") ? " until " + one.get("ends").asString() : ""));
    }
    return 0;
  }
}
