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

/// `hartonomous market access`: who asks to be let in to gated listings, and who is.
@Command(
    name = "access",
    description = "Asks to be let in to gated listings, and answers who asks.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class MarketAccessCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }

  @Command(
      name = "request",
      description = "Asks for a tenant (--as) to be let in to a gated listing.",
      mixinStandardHelpOptions = true)
  int request(
      @Mixin AdminOptions server,
      @Parameters(paramLabel = "PUBLISHER/NAME", description = "All versions of the name.")
          String name,
      @Option(
              names = "--message",
              paramLabel = "TEXT",
              defaultValue = "",
              description = "What the publisher reads.")
          String message,
      @Option(names = "--json", description = "Prints the JSON object.") boolean asJson)
      throws IOException, InterruptedException {
    int cut = name.indexOf('/');
    if (cut < 1 || cut == name.length() - 1) {
      throw new ParameterException(spec.commandLine(), name + " is not like publisher/name.");
    }
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("publisher", name.substring(0, cut)).put("name", name.substring(cut + 1));
    print(server.post("/v1/market/access", body.put("message", message)), asJson);
    return 0;
  }

  @Command(
      name = "list",
      description =
          "Lists what a tenant (--as) asked for, or with --asked who asked a publisher (--as).",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin AdminOptions server,
      @Option(names = "--asked", description = "Who asked, instead of what was asked for.")
          boolean asked,
      @Option(names = "--json", description = "Prints the requests, one on each line.")
          boolean asJson)
      throws IOException, InterruptedException {
    String path = asked ? "/v1/market/publisher/requests" : "/v1/market/access";
    for (JsonNode one : server.all(path)) {
      print(one, asJson);
    }
    return 0;
  }

  @Command(
      name = "grant",
      description = "Lets a tenant in, as the publisher (--as) that was asked.",
      mixinStandardHelpOptions = true)
  int grant(
      @Mixin AdminOptions server,
      @Parameters(paramLabel = "REQUEST", description = "Id of the request.") UUID request,
      @Option(names = "--json", description = "Prints the JSON object.") boolean asJson)
      throws IOException, InterruptedException {
    return answer(server, request, true, asJson);
  }

  @Command(
      name = "refuse",
      description =
          "Does not let a tenant in, or no longer: subscriptions end with the running month.",
      mixinStandardHelpOptions = true)
  int refuse(
      @Mixin AdminOptions server,
      @Parameters(paramLabel = "REQUEST", description = "Id of the request.") UUID request,
      @Option(names = "--json", description = "Prints the JSON object.") boolean asJson)
      throws IOException, InterruptedException {
    return answer(server, request, false, asJson);
  }

  private int answer(AdminOptions server, UUID request, boolean grant, boolean asJson)
      throws IOException, InterruptedException {
    ObjectNode body = JsonMapper.shared().createObjectNode().put("grant", grant);
    print(server.put("/v1/market/publisher/requests/" + request, body), asJson);
    return 0;
  }

  private void print(JsonNode request, boolean asJson) {
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      out.println(request);
      return;
    }
    out.printf(
        "%s %-8s %s/%s %s%n",
        request.get("id").asString(),
        request.get("state").asString(),
        request.get("publisher").asString(),
        request.get("name").asString(),
        request.path("tenant").asString(""));
  }
}
