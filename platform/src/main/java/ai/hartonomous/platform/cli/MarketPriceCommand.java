package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous market price`: what listings cost.
@Command(
    name = "price",
    description = "Changes and lists prices of listings.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class MarketPriceCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }

  @Command(
      name = "change",
      description =
          "Changes the price of a listing of a publisher (--as), for who subscribes later and for"
              + " months that begin later. What is not named costs nothing.",
      mixinStandardHelpOptions = true)
  int change(
      @Mixin AdminOptions server,
      @Parameters(paramLabel = "LISTING", description = "Id of the listing.") UUID listing,
      @Mixin PriceOptions price,
      @Option(names = "--free", description = "Gives it away.") boolean free,
      @Option(names = "--json", description = "Prints the JSON object.") boolean asJson)
      throws IOException, InterruptedException {
    if (free != price.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Name at least one price, or --free alone to give it away.");
    }
    ObjectNode body = JsonMapper.shared().createObjectNode();
    price.write(body);
    print(server.post(path(listing), body), asJson);
    return 0;
  }

  @Command(
      name = "list",
      description = "Lists all versions of a listing's price.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin AdminOptions server,
      @Parameters(paramLabel = "LISTING", description = "Id of the listing.") UUID listing,
      @Option(names = "--json", description = "Prints the versions, one on each line.")
          boolean asJson)
      throws IOException, InterruptedException {
    for (JsonNode one : server.get(path(listing)).get("items")) {
      print(one, asJson);
    }
    return 0;
  }

  private static String path(UUID listing) {
    return "/v1/market/listings/%s/prices".formatted(listing);
  }

  private void print(JsonNode price, boolean asJson) {
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      out.println(price);
      return;
    }
    out.printf(
        "version %d of %s, %s%n",
        price.get("version").asInt(),
        price.get("created").asString(),
        price.get("currency").asString());
    for (JsonNode charge : price.get("charges")) {
      String tiers = charge.has("tiers") ? charge.get("tiers").toString() : "";
      out.printf(
          "    %-9s %-9s %s%s%n",
          charge.get("item").asString(),
          charge.get("model").asString(),
          charge.path("amount").asString(""),
          tiers);
    }
    if (price.has("minimum")) {
      out.printf("    at least %s in a month%n", price.get("minimum").asString());
    }
  }
}
