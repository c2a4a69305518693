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

/// `hartonomous market review`: what buyers think of listings.
@Command(
    name = "review",
    description = "Writes, lists and removes reviews of listings.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class MarketReviewCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }

  @Command(
      name = "write",
      description = "Writes or changes the review of a tenant (--as) that has called the listing.",
      mixinStandardHelpOptions = true)
  int write(
      @Mixin AdminOptions server,
      @Parameters(paramLabel = "LISTING", description = "Id of the listing.") UUID listing,
      @Option(names = "--rating", required = true, paramLabel = "N", description = "1 to 5.")
          int rating,
      @Option(
              names = "--text",
              paramLabel = "TEXT",
              defaultValue = "",
              description = "Why, at most 4,000 characters.")
          String text,
      @Option(names = "--json", description = "Prints the JSON object.") boolean asJson)
      throws IOException, InterruptedException {
    ObjectNode body = JsonMapper.shared().createObjectNode().put("rating", rating);
    print(server.put(path(listing, "review"), body.put("text", text)), asJson);
    return 0;
  }

  @Command(
      name = "list",
      description = "Lists the reviews of a listing, oldest first.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin AdminOptions server,
      @Parameters(paramLabel = "LISTING", description = "Id of the listing.") UUID listing,
      @Option(names = "--json", description = "Prints the reviews, one on each line.")
          boolean asJson)
      throws IOException, InterruptedException {
    for (JsonNode one : server.all(path(listing, "reviews"))) {
      print(one, asJson);
    }
    return 0;
  }

  @Command(
      name = "remove",
      description = "Takes the review of a tenant (--as) back.",
      mixinStandardHelpOptions = true)
  int remove(
      @Mixin AdminOptions server,
      @Parameters(paramLabel = "LISTING", description = "Id of the listing.") UUID listing,
      @Option(names = "--json", description = "Prints a JSON object.") boolean asJson)
      throws IOException, InterruptedException {
    server.delete(path(listing, "review"));
    spec.commandLine()
        .getOut()
        .println(asJson ? "{\"removed\":\"%s\"}".formatted(listing) : "Removed.");
    return 0;
  }

  private static String path(UUID listing, String what) {
    return "/v1/market/listings/%s/%s".formatted(listing, what);
  }

  private void print(JsonNode review, boolean asJson) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        asJson
            ? review.toString()
            : "%d of 5%s  %s"
                .formatted(
                    review.get("rating").asInt(),
                    review.get("own").asBoolean() ? " (own)" : "",
                    review.get("text").asString().replaceAll("\\p{Cntrl}", " ")));
  }
}
