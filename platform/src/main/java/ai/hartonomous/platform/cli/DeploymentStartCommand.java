package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
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

/// `hartonomous deployment start`: lets an agent answer, in the server or in a process of its own.
@Command(
    name = "start",
    description =
        "Lets an agent answer. One that answers already goes on, and is brought elsewhere where"
            + " --type says so. --as names the user.",
    mixinStandardHelpOptions = true)
final class DeploymentStartCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(paramLabel = "AGENT_ID", description = "The agent.")
  private UUID agent = new UUID(0, 0);

  /// Where an agent computes.
  enum Type {
    LOCAL,
    WORKER
  }

  @Option(
      names = "--type",
      description =
          "local: in the server; worker: in a process of its own (default: where it is, in the"
              + " server at first).")
  private @Nullable Type type;

  @Option(names = "--json", description = "Prints the JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var body = JsonMapper.shared().createObjectNode();
    if (type != null) {
      body.put("type", type.name().toLowerCase(Locale.ROOT));
    }
    JsonNode made = server.post("/v1/agents/%s/deployments".formatted(agent), body);
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      out.println(made);
    } else {
      out.printf(
          "%s %s answers, %s%n",
          made.get("agentId").asString(),
          made.get("model").asString(),
          made.get("type").asString());
    }
    return 0;
  }
}
