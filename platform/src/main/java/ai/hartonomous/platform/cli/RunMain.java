package ai.hartonomous.platform.cli;

import picocli.CommandLine;

/// The command of the small jar, which has no other: `java -jar hartonomous-runtime.jar AGENT_DIR`.
public final class RunMain {

  private RunMain() {}

  /// Serves an agent and ends the process with its exit code.
  ///
  /// @param arguments those of `hartonomous run`
  public static void main(String[] arguments) {
    Main.quietLibraries();
    System.exit(
        new CommandLine(new RunCommand())
            .setCommandName("hartonomous-runtime")
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(new Failures())
            .execute(arguments));
  }
}
