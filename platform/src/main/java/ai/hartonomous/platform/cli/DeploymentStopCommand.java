package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
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

/// `hartonomous deployment stop`: lets an agent cease to answer.
@Command(
    name = "stop",
    description =
        "Lets an agent cease to answer; answers under way end first. The agent stays. --as names"
            + " the user.",
    mixinStandardHelpOptions = true)
final class DeploymentStopCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(paramLabel = "AGENT_ID", description = "The agent.")
  private UUID agent = new UUID(0, 0);

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    for (JsonNode deployment : server.get("/v1/deployments").get("items")) {
      if (deployment.get("agentId").asString().equals(agent.toString())) {
        server.delete("/v1/deployments/" + deployment.get("id").asString());
        PrintWriter out = spec.commandLine().getOut();
        out.println(
            asJson
                ? JsonMapper.shared().createObjectNode().put("stopped", agent.toString()).toString()
                : agent + " answers no more");
        return 0;
      }
    }
    throw new IOException("agent %s is not deployed".formatted(agent));
  }
}
