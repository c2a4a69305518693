package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous deployment`: agents of a running server, and containers of the thin runtime.
@Command(
    name = "deployment",
    description = "Lets agents answer, moves names from agent to agent, makes containers.",
    mixinStandardHelpOptions = true,
    subcommands = {
      DeploymentAliasCommand.class,
      DeploymentExportCommand.class,
      DeploymentListCommand.class,
      DeploymentRollbackCommand.class,
      DeploymentStartCommand.class,
      DeploymentStopCommand.class,
    },
    synopsisSubcommandLabel = "COMMAND")
final class DeploymentCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
