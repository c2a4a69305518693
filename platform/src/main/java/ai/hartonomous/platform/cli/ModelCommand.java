package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous model`: looks into a checkpoint and lets it compute.
@Command(
    name = "model",
    description = "Looks into a checkpoint and lets it compute.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ModelInspectCommand.class,
      ModelTokenizeCommand.class,
      ModelLogitsCommand.class,
      ModelLossCommand.class,
      ModelGenerateCommand.class,
      ModelConvertCommand.class,
    })
final class ModelCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
