package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.security.KeyRing;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.springframework.boot.convert.DurationStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous key rotate`: a new key signs from now on. The server may run.
@Command(
    name = "rotate",
    description = "Makes a new key that signs from now on. The server may run.",
    mixinStandardHelpOptions = true)
final class KeyRotateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--algorithm",
      paramLabel = "NAME",
      defaultValue = "RS256",
      description = "RS256 or ES256 (default: ${DEFAULT-VALUE}).")
  private String algorithm = "RS256";

  @Option(
      names = "--keep",
      paramLabel = "TIME",
      defaultValue = "",
      description =
          "How long tokens of the key before stay good; 0s ends them now, for a key that is no"
              + " longer secret (default: the longest life of a token).")
  private String keep = "";

  @Option(names = "--json", description = "Prints a JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    Duration kept = kept();
    try {
      KeyRing.rotate(data.folder(), algorithm, kept);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    spec.commandLine()
        .getOut()
        .println(
            asJson
                ? "{\"algorithm\":\"%s\",\"keeps_seconds\":%d}"
                    .formatted(algorithm, kept.toSeconds())
                : "A new key signs. Tokens of the key before are good for another "
                    + DurationStyle.SIMPLE.print(kept));
    return 0;
  }

  private Duration kept() {
    if (keep.isEmpty()) {
      return Settings.fromEnvironment().tokens().maxLifetime();
    }
    try {
      Duration parsed = DurationStyle.detectAndParse(keep);
      if (!parsed.isNegative()) {
        return parsed;
      }
    } catch (IllegalArgumentException _) {
      // told below
    }
    throw new ParameterException(
        spec.commandLine(), "--keep is a number with a unit, such as 12h, or 0s: " + keep);
  }
}
