package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.security.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous user add`: makes a user who can log in over HTTP.
@Command(
    name = "add",
    description = "Makes a user of a running server.",
    mixinStandardHelpOptions = true)
final class UserAddCommand implements Callable<Integer> {

  private static final int RANDOM_BYTES = 18;

  @Spec private CommandSpec spec;

  @Mixin private AdminOptions server = new AdminOptions();

  @Option(names = "--name", required = true, paramLabel = "NAME", description = "Its name.")
  private String name = "";

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "user, publisher or admin; may be repeated (default: user).")
  private Set<Role> roles = EnumSet.noneOf(Role.class);

  @Option(
      names = "--service",
      description = "A program, which gets a secret, instead of a person with a password.")
  private boolean service;

  @Option(
      names = "--password-stdin",
      description = "Reads the password from standard input (default: a random one is printed).")
  private boolean fromInput;

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (service && fromInput) {
      throw new ParameterException(spec.commandLine(), "A service has no password.");
    }
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("name", name);
    body.put("kind", service ? "service" : "person");
    var names = body.putArray("roles");
    (roles.isEmpty() ? Set.of(Role.USER) : roles).forEach(role -> names.add(role.text()));
    String password = fromInput ? read() : random();
    if (!service) {
      body.put("password", password);
    }
    JsonNode made = server.post("/v1/admin/users", body);
    String secret = service ? made.get("secret").asString() : password;
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      ObjectNode answer = ((ObjectNode) made).deepCopy();
      if (!fromInput) {
        answer.put(service ? "secret" : "password", secret);
      }
      out.println(answer);
    } else {
      out.println("Made " + name + ".");
      if (!fromInput) {
        out.println((service ? "Secret: " : "Password: ") + secret + "  (not shown again)");
      }
    }
    return 0;
  }

  private static String read() throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    if (line == null || line.isBlank()) {
      throw new IOException("standard input holds no password");
    }
    return line;
  }

  private static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
