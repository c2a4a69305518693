package ai.hartonomous.platform.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous transcoder`: sparse coders of a model.
@Command(
    name = "transcoder",
    description = "Trains, measures, converts and describes sparse coders of a model.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TranscoderConvertCommand.class,
      TranscoderEvaluateCommand.class,
      TranscoderFeatureCommand.class,
      TranscoderFeaturesCommand.class,
      TranscoderTrainCommand.class,
      TranscoderTuneCommand.class,
    })
final class TranscoderCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }
}
