package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous suite`: capability suites as files.
@Command(
    name = "suite",
    description =
        "Makes capability suites of other files, shows them, and scores models with them.",
    mixinStandardHelpOptions = true,
    subcommands = {SuiteImportCommand.class, SuiteScoreCommand.class, SuiteShowCommand.class},
    synopsisSubcommandLabel = "COMMAND")
final class SuiteCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
