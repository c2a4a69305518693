package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous user`: the users of the built-in issuer.
@Command(
    name = "user",
    description = "The users of the built-in issuer.",
    mixinStandardHelpOptions = true,
    subcommands = UserAddCommand.class,
    synopsisSubcommandLabel = "COMMAND")
final class UserCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
