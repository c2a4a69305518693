package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous samples`: where the sample models come from.
@Command(
    name = "samples",
    description = "Draws the sample corpora and trains the sample models.",
    mixinStandardHelpOptions = true,
    subcommands = {SamplesGenerateCommand.class, SamplesTrainCommand.class},
    synopsisSubcommandLabel = "COMMAND")
final class SamplesCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
