package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `hartonomous market search`: finds listings that a user may subscribe to.
@Command(
    name = "search",
    description = "Finds listings that a user (--as) may subscribe to.",
    mixinStandardHelpOptions = true)
final class MarketSearchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(paramLabel = "WORD", arity = "0..8", description = "Each is in the listing.")
  private List<String> words = List.of();

  @Option(names = "--capability", paramLabel = "NAME", description = "Was measured on it.")
  private @Nullable String capability;

  @Option(names = "--min-score", paramLabel = "X", description = "Least share of right items.")
  private @Nullable String minScore;

  @Option(names = "--licence", paramLabel = "NAME", description = "Is under it.")
  private @Nullable String licence;

  @Option(names = "--architecture", paramLabel = "NAME", description = "Is of it.")
  private @Nullable String architecture;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "Most listings, 1 to 500 (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Prints the listings, one on each line.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var path = new StringBuilder("/v1/market/listings?limit=").append(limit);
    add(path, "text", words.isEmpty() ? null : String.join(" ", words));
    add(path, "capability", capability);
    add(path, "minScore", minScore);
    add(path, "licence", licence);
    add(path, "architecture", architecture);
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode found : server.get(path.toString()).get("items")) {
      out.println(asJson ? found.toString() : line(found));
    }
    return 0;
  }

  private static void add(StringBuilder path, String name, @Nullable String value) {
    if (value != null) {
      path.append('&').append(name).append('=');
      path.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }

  private static String line(JsonNode listing) {
    String rating =
        listing.path("rating").isNumber()
            ? listing.get("rating").asString() + " of 5"
            : "no review";
    return "%-40s %-12s %s %s (%s, %d)%n    %s"
        .formatted(
            listing.get("model").asString(),
            listing.get("licence").asString(),
            listing.get("referencePrice").asString(),
            listing.get("currency").asString(),
            rating,
            listing.get("reviews").asLong(),
            listing.get("title").asString());
  }
}
