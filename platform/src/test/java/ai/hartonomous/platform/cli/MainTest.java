package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine commandLine =
      Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

  @Test
  void helpNamesTheCommand() {
    int exitCode = commandLine.execute("--help");

    assertThat(exitCode).isZero();
    assertThat(out.toString()).startsWith("Usage: hartonomous");
  }

  @Test
  void versionComesFromTheBuild() {
    int exitCode = commandLine.execute("--version");

    assertThat(exitCode).isZero();
    assertThat(out.toString()).matches("hartonomous \\d+\\.\\d+\\.\\d+\\S*\\R");
  }

  @Test
  void missingCommandIsAnErrorOfUse() {
    int exitCode = commandLine.execute();

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).startsWith("Missing command.");
  }

  @Test
  void unknownCommandIsAnErrorOfUse() {
    int exitCode = commandLine.execute("no-such-command");

    assertThat(exitCode).isEqualTo(2);
    assertThat(err.toString()).contains("no-such-command");
  }
}
