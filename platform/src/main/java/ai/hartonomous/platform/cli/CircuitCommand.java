package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous circuit`: which components carry a behaviour.
@Command(
    name = "circuit",
    description = "Finds the heads, MLPs and edges between them that carry a behaviour.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {CircuitFindCommand.class, CircuitScoreCommand.class})
final class CircuitCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
