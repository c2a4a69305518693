package ai.hartonomous.platform.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command `hartonomous`. Without a subcommand it explains itself and ends with exit code 2.
@Command(
    name = "hartonomous",
    description = "Small language models that keep one capability of a large one.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      AgentCommand.class,
      DemoCommand.class,
      ModelCommand.class,
      SamplesCommand.class,
      ServeCommand.class,
      TokenCommand.class,
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  private Main() {}

  /// Runs one command and ends the process with its exit code.
  ///
  /// @param arguments the command line
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main()).setExecutionExceptionHandler(new Failures());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command.");
  }

  /// Reads the version that the build wrote beside this class.
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() throws IOException {
      var properties = new Properties();
      try (InputStream file = Main.class.getResourceAsStream("version.properties")) {
        properties.load(file);
      }
      return new String[] {"hartonomous " + properties.getProperty("version")};
    }
  }
}
