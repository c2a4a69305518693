package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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

/// `hartonomous deployment rollback`: gives a name back to an earlier agent.
@Command(
    name = "rollback",
    description =
        "Gives a name back to the agent that had it before the last change, or at --to."
            + " --as names the user.",
    mixinStandardHelpOptions = true)
final class DeploymentRollbackCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Parameters(paramLabel = "NAME", description = "The name.")
  private String name = "";

  @Option(names = "--to", paramLabel = "N", description = "Number of the change to go back to.")
  private @Nullable Integer to;

  @Option(names = "--json", description = "Prints the JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var body = JsonMapper.shared().createObjectNode();
    if (to != null) {
      body.put("to", to);
    }
    String path = "/v1/aliases/" + URLEncoder.encode(name, StandardCharsets.UTF_8) + "/rollback";
    JsonNode alias = server.post(path, body);
    spec.commandLine()
        .getOut()
        .println(asJson ? alias.toString() : DeploymentAliasCommand.line(alias));
    return 0;
  }
}
