package ai.hartonomous.platform.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous market publish`: offers a version of an agent.
@Command(
    name = "publish",
    description = "Offers a version of an agent of a user (--as) to others.",
    mixinStandardHelpOptions = true)
final class MarketPublishCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(paramLabel = "AGENT", description = "Id of the agent.")
  private UUID agent = new UUID(0, 0);

  @Option(
      names = "--handle",
      required = true,
      paramLabel = "HANDLE",
      description = "Under which name the user publishes; never changes.")
  private String handle = "";

  @Option(names = "--name", required = true, paramLabel = "NAME", description = "Of the listing.")
  private String name = "";

  @Option(names = "--title", required = true, paramLabel = "TEXT", description = "One line.")
  private String title = "";

  @Option(names = "--summary", paramLabel = "TEXT", description = "A few lines.")
  private String summary = "";

  @Option(
      names = "--card",
      paramLabel = "FILE",
      description = "Markdown (default: the agent's own model card).")
  private @Nullable Path card;

  @Option(names = "--gated", description = "Only those who were let in see it.")
  private boolean gated;

  @Option(
      names = "--currency",
      paramLabel = "CODE",
      defaultValue = "EUR",
      description = "Of the prices (default: ${DEFAULT-VALUE}).")
  private String currency = "EUR";

  @Mixin private PriceOptions price = new PriceOptions();

  @Option(names = "--json", description = "Prints the JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ObjectNode publisher = JsonMapper.shared().createObjectNode();
    publisher.put("handle", handle).put("name", handle);
    if (!known()) {
      var _ = server.put("/v1/market/publisher", publisher);
    }
    JsonNode made = server.post("/v1/market/listings", body());
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      out.println(made);
    } else {
      out.printf("%s %s%n", made.get("model").asString(), made.get("id").asString());
    }
    return 0;
  }

  private boolean known() throws IOException, InterruptedException {
    try {
      String before = server.get("/v1/market/publisher").get("handle").asString();
      if (!before.equals(handle)) {
        throw new IOException("the user publishes as " + before);
      }
      return true;
    } catch (FileNotFoundException _) {
      return false;
    }
  }

  private ObjectNode body() throws IOException {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("agentId", agent.toString()).put("name", name).put("title", title);
    body.put("summary", summary).put("access", gated ? "gated" : "open");
    Path file = card;
    if (file != null) {
      body.put("card", Files.readString(file));
    }
    price.write(body.putObject("price").put("currency", currency));
    return body;
  }
}
