package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous payout`: what owners get.
@Command(
    name = "payout",
    description = "Pays owners what they have earned.",
    mixinStandardHelpOptions = true,
    subcommands = PayoutMakeCommand.class,
    synopsisSubcommandLabel = "COMMAND")
final class PayoutCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
