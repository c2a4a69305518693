package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.security.Role;
import ai.hartonomous.platform.security.TokenIssuer;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.springframework.boot.convert.DurationStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous token`: prints a bearer token of the built-in issuer. The server need not run.
@Command(
    name = "token",
    description = "Prints a bearer token for a user.",
    mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--user", required = true, paramLabel = "NAME", description = "Its subject.")
  private String user = "";

  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "12h",
      description = "How long it is good for, such as 30m, 12h or 7d (default: ${DEFAULT-VALUE}).")
  private String lifetime = "12h";

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "user, publisher or admin; may be repeated (default: user).")
  private Set<Role> roles = EnumSet.noneOf(Role.class);

  @Option(names = "--json", description = "Prints a JSON object instead of the bare token.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    String token = issue();
    spec.commandLine()
        .getOut()
        .println(
            asJson
                ? "{\"token_type\":\"Bearer\",\"access_token\":\"%s\",\"expires_in\":%d}"
                    .formatted(token, parsed().toSeconds())
                : token);
    return 0;
  }

  private String issue() throws IOException {
    Duration duration = parsed();
    try {
      return TokenIssuer.open(
              data.folder(), Settings.fromEnvironment().tokens(), InstantSource.system())
          .issue(user, roles.isEmpty() ? Set.of(Role.USER) : roles, duration);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private Duration parsed() {
    try {
      return DurationStyle.detectAndParse(lifetime);
    } catch (IllegalArgumentException _) {
      throw new ParameterException(
          spec.commandLine(), "--ttl is a number with a unit, such as 30m or 12h: " + lifetime);
    }
  }
}
