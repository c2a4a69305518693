package ai.hartonomous.platform.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/// Runs command lines in this process and keeps what they printed.
abstract class CommandFixture {

  /// What the last command printed.
  String out = "";

  /// What it reported on the way.
  String err = "";

  /// {@return the exit code}
  int run(String... arguments) {
    var outText = new StringWriter();
    var errText = new StringWriter();
    int exitCode =
        Main.commandLine()
            .setOut(new PrintWriter(outText))
            .setErr(new PrintWriter(errText))
            .execute(arguments);
    out = outText.toString();
    err = errText.toString();
    return exitCode;
  }

  /// {@return the exit code}
  int run(List<String> arguments) {
    return run(arguments.toArray(String[]::new));
  }
}
