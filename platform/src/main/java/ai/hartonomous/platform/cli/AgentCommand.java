package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous agent`: agents as folders, without a server.
@Command(
    name = "agent",
    description = "Makes agents out of models, and checks them.",
    mixinStandardHelpOptions = true,
    subcommands = {
      AgentAskCommand.class,
      AgentCompareCommand.class,
      AgentCreateCommand.class,
      AgentVerifyCommand.class,
    },
    synopsisSubcommandLabel = "COMMAND")
final class AgentCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
