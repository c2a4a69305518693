package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `hartonomous market takedown`: offers a listing no longer.
@Command(
    name = "takedown",
    description =
        "Takes a listing down: as its publisher (--as), or with --reason as an administrator, and"
            + " then for subscribers at once.",
    mixinStandardHelpOptions = true)
final class MarketTakedownCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(paramLabel = "LISTING", description = "Id of the listing.")
  private UUID listing = new UUID(0, 0);

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "What publisher and subscribers read.")
  private @Nullable String reason;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (reason == null) {
      server.delete("/v1/market/listings/" + listing);
    } else {
      var _ =
          server.post(
              "/v1/admin/market/listings/%s/takedown".formatted(listing),
              JsonMapper.shared().createObjectNode().put("reason", reason));
    }
    spec.commandLine()
        .getOut()
        .println(asJson ? "{\"takenDown\":\"%s\"}".formatted(listing) : "Taken down.");
    return 0;
  }
}
