package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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

/// `hartonomous deployment alias`: shows names that stand for agents, or gives one to an agent.
@Command(
    name = "alias",
    description =
        "Without arguments shows the names that stand for agents of a user; with NAME its history;"
            + " with AGENT_ID too, gives the name to that agent. --as names the user.",
    mixinStandardHelpOptions = true)
final class DeploymentAliasCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The name.")
  private @Nullable String name;

  @Parameters(index = "1", arity = "0..1", paramLabel = "AGENT_ID", description = "The agent.")
  private @Nullable UUID agent;

  @Option(names = "--json", description = "Prints JSON objects, one on each line.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    String path = "/v1/aliases";
    if (name == null) {
      for (JsonNode alias : server.get(path).get("items")) {
        out.println(asJson ? alias.toString() : line(alias));
      }
      return 0;
    }
    path += "/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    if (agent != null) {
      var body = JsonMapper.shared().createObjectNode().put("agentId", agent.toString());
      JsonNode alias = server.put(path, body);
      out.println(asJson ? alias.toString() : line(alias));
      return 0;
    }
    for (JsonNode change : server.get(path + "/history").get("items")) {
      out.println(asJson ? change.toString() : past(change));
    }
    return 0;
  }

  /// {@return a name and whom it stands for, as people read it}
  static String line(JsonNode alias) {
    return "%-24s %s %s, change %d of %s"
        .formatted(
            alias.get("name").asString(),
            alias.get("agentId").asString(),
            alias.path("agent").asString("(deleted)"),
            alias.get("number").asInt(),
            alias.get("since").asString());
  }

  private static String past(JsonNode change) {
    boolean taken = !change.hasNonNull("agentId");
    return "%4d %s %s"
        .formatted(
            change.get("number").asInt(),
            change.get("at").asString(),
            taken
                ? "taken away"
                : change.get("agentId").asString()
                    + " "
                    + change.path("agent").asString("(deleted)"));
  }
}
