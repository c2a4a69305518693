package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous graph`: attribution graphs of single prompts.
@Command(
    name = "graph",
    description = "Traces what features add to an answer, and checks it.",
    mixinStandardHelpOptions = true,
    subcommands = {GraphTraceCommand.class, GraphVerifyCommand.class},
    synopsisSubcommandLabel = "COMMAND")
final class GraphCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
