package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCommandsIT {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void serveSaysThatThePortIsTaken() throws Exception {
    try (var taken = new ServerSocket(0)) {
      int exitCode = run("serve", "--data", folder.toString(), "--port", "" + taken.getLocalPort());

      assertThat(exitCode).isEqualTo(1);
      assertThat(err.toString()).contains("cannot start").contains("" + taken.getLocalPort());
    }
  }

  @Test
  void serveSaysThatTheDatabaseCannotBeRead() throws Exception {
    Path file = Files.createDirectories(folder.resolve("database")).resolve("hartonomous.mv.db");
    Files.write(file, new byte[1 << 14]);

    assertThat(run("serve", "--data", folder.toString(), "--port", "0")).isEqualTo(1);

    assertThat(err.toString()).contains("another version of H2").contains("restore a backup");
  }

  @Test
  void demoRefusesFolderInUse() throws Exception {
    Files.writeString(folder.resolve("something"), "x");

    assertThat(run("demo", "--exit", "--data", folder.toString())).isEqualTo(2);
  }

  @Test
  void demoSaysThatTheSamplesAreMissing() {
    int exitCode = run("demo", "--exit", "--port", "0", "--samples", folder.toString());

    assertThat(exitCode).isEqualTo(1);
    assertThat(err.toString()).contains("clerk").contains("samples train");
  }

  @Test
  @Tag("slow")
  void demoReachesItsBars() {
    Path samples = Path.of(System.getProperty("repository.root", ".."), "samples", "models");

    int exitCode = run("demo", "--exit", "--port", "0", "--samples", samples.toString());

    assertThat(exitCode).as(out.toString() + err).isZero();
    assertThat(out.toString()).contains("exact match sql *");
  }
}
