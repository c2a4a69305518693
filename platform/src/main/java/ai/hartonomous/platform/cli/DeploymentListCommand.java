package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `hartonomous deployment list`: deployed agents of a user, and how they are.
@Command(
    name = "list",
    description = "Shows the deployed agents of a user and how they are. --as names the user.",
    mixinStandardHelpOptions = true)
final class DeploymentListCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Option(names = "--json", description = "Prints JSON objects, one on each line.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode deployment : server.get("/v1/deployments").get("items")) {
      String id = deployment.get("id").asString();
      JsonNode health = server.get("/v1/deployments/" + id + "/health");
      out.println(asJson ? health.toString() : line(health));
    }
    return 0;
  }

  private static String line(JsonNode health) {
    return "%s %-24s %-6s %-8s %4d requests %10.1f MiB%s"
        .formatted(
            health.get("agentId").asString(),
            health.get("model").asString(),
            health.get("type").asString(),
            health.get("status").asString(),
            health.get("requests").asInt(),
            health.get("memoryBytes").asLong() / (double) (1 << 20),
            worker(health.path("worker")));
  }

  private static String worker(JsonNode worker) {
    if (worker.isMissingNode()) {
      return "";
    }
    String process = worker.has("pid") ? ", process " + worker.get("pid").asLong() : "";
    String failure =
        worker.has("lastFailure")
            ? ", %s at %s"
                .formatted(worker.get("lastFailure").asString(), worker.get("failedAt").asString())
            : "";
    return "%s, %d restarts%s".formatted(process, worker.get("restarts").asInt(), failure);
  }
}
