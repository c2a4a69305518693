package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `hartonomous market subscribe`: lets a tenant ask a listing's agent.
@Command(
    name = "subscribe",
    description = "Subscribes a tenant (--as) to a listing at its latest price.",
    mixinStandardHelpOptions = true)
final class MarketSubscribeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(
      paramLabel = "LISTING",
      description = "Id, publisher/name@version, or publisher/name for the newest.")
  private String listing = "";

  @Option(names = "--json", description = "Prints the JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    JsonNode made =
        server.post(
            "/v1/market/subscriptions",
            JsonMapper.shared().createObjectNode().put("listing", listing));
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      out.println(made);
    } else {
      out.printf("%s %s%n", made.get("model").asString(), made.get("id").asString());
    }
    return 0;
  }
}
