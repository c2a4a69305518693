package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.audit.AuditCheck;
import ai.hartonomous.platform.audit.AuditEntry;
import ai.hartonomous.platform.audit.AuditHead;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// `hartonomous audit verify`: computes every hash of every chain again.
@Command(
    name = "verify",
    description =
        "Reads the audit log of a running server and computes its hashes again. Exit code 1 if an"
            + " entry was changed, is missing, or is not where it was.",
    mixinStandardHelpOptions = true)
final class AuditVerifyCommand implements Callable<Integer> {

  private static final int PAGE = 500;

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Option(names = "--user", paramLabel = "NAME", description = "One user (default: all).")
  private @Nullable String user;

  @Option(
      names = "--expect",
      paramLabel = "NUMBER:HASH",
      description = "With --user: an entry that must be there, from what this printed before.")
  private @Nullable String expected;

  @Option(names = "--json", description = "Prints a JSON array of the chains.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var faults = new ArrayList<String>();
    var heads = new ArrayList<AuditHead>();
    for (String name : user == null ? users() : List.of(user)) {
      heads.add(verify(name, faults));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      ArrayNode chains = JsonMapper.shared().createArrayNode();
      heads.forEach(
          head ->
              chains
                  .addObject()
                  .put("user", head.user())
                  .put("entries", head.number())
                  .put("hash", head.hash()));
      out.println(chains);
    } else {
      heads.forEach(head -> out.printf("%s %d:%s%n", head.user(), head.number(), head.hash()));
    }
    faults.forEach(fault -> spec.commandLine().getErr().println("hartonomous: " + fault));
    return faults.isEmpty() ? 0 : 1;
  }

  /// {@return the last good entry of a chain}
  private AuditHead verify(String name, List<String> faults)
      throws IOException, InterruptedException {
    var check = new AuditCheck(name);
    boolean seen = expected == null;
    String path = "/v1/admin/audit?user=" + encode(name) + "&limit=" + PAGE;
    for (String next = path; next != null; ) {
      JsonNode page = server.get(next);
      for (JsonNode item : page.get("items")) {
        Optional<String> fault = check.next(entry(item));
        if (fault.isPresent()) {
          faults.add(fault.get());
          return check.head();
        }
        seen |= (check.head().number() + ":" + check.head().hash()).equals(expected);
      }
      next = page.has("next") ? path + "&cursor=" + page.get("next").asString() : null;
    }
    if (!seen) {
      faults.add("%s: there is no entry %s".formatted(name, expected));
    }
    return check.head();
  }

  private List<String> users() throws IOException, InterruptedException {
    var users = new ArrayList<String>();
    String path = "/v1/admin/audit/heads?limit=" + PAGE;
    for (String next = path; next != null; ) {
      JsonNode page = server.get(next);
      page.get("items").forEach(head -> users.add(head.get("user").asString()));
      next = page.has("next") ? path + "&cursor=" + page.get("next").asString() : null;
    }
    return users;
  }

  private static AuditEntry entry(JsonNode item) {
    return new AuditEntry(
        item.get("number").asLong(),
        Instant.parse(item.get("created").asString()),
        item.get("actor").asString(),
        item.get("action").asString(),
        item.get("target").asString(),
        item.get("previous").asString(),
        item.get("hash").asString());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
