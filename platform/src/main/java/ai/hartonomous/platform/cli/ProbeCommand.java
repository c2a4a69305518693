package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous probe`: components by how they respond to the same short texts.
@Command(
    name = "probe",
    description = "Finds components of models by how they respond to the same short texts.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ProbeEmbedCommand.class,
      ProbeSearchCommand.class,
      ProbeCheckCommand.class,
    })
final class ProbeCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
