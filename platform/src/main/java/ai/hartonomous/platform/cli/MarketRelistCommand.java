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
import tools.jackson.databind.json.JsonMapper;

/// `hartonomous market relist`: offers a listing again.
@Command(
    name = "relist",
    description = "Offers a listing of a publisher (--as) again that was taken down.",
    mixinStandardHelpOptions = true)
final class MarketRelistCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(paramLabel = "LISTING", description = "Id of the listing.")
  private UUID listing = new UUID(0, 0);

  @Option(names = "--json", description = "Prints the JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    JsonNode listed =
        server.post(
            "/v1/market/listings/%s/relisting".formatted(listing),
            JsonMapper.shared().createObjectNode());
    spec.commandLine()
        .getOut()
        .println(
            asJson ? listed.toString() : listed.get("model").asString() + " is offered again.");
    return 0;
  }
}
