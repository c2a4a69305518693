package ai.hartonomous.platform.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.slf4j.LoggerFactory;
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
      AuditCommand.class,
      BackupCommand.class,
      CaptureCommand.class,
      CircuitCommand.class,
      DemoCommand.class,
      DeploymentCommand.class,
      GraphCommand.class,
      IndexCommand.class,
      InvoiceCommand.class,
      KeyCommand.class,
      MarketCommand.class,
      ModelCommand.class,
      PayoutCommand.class,
      PlanCommand.class,
      ProbeCommand.class,
      ReceiptCommand.class,
      RestoreCommand.class,
      RunCommand.class,
      SamplesCommand.class,
      ScrubCommand.class,
      ServeCommand.class,
      SuiteCommand.class,
      TokenCommand.class,
      TranscoderCommand.class,
      UsageCommand.class,
      UserCommand.class,
      VerifyCommand.class,
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  private Main() {}

  /// Runs one command and ends the process with its exit code.
  ///
  /// @param arguments the command line
  public static void main(String[] arguments) {
    quietLibraries();
    System.exit(commandLine().execute(arguments));
  }

  /// Lets libraries print errors only. The server sets its own levels when it starts.
  static void quietLibraries() {
    if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.ERROR);
    }
  }

  static CommandLine commandLine() {
    var line = new CommandLine(new Main());
    Verbs.addTo(line);
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(new Failures());
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
