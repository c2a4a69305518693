package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class IndexCommandTest {

  private record Ran(int exitCode, String out, String err) {}

  private static Ran run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    CommandLine commandLine =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Ran(commandLine.execute(arguments), out.toString(), err.toString());
  }

  @Test
  void comparesAndRebuildsTheIndexOfAStoppedServer(@TempDir Path data) throws Exception {
    // The embedded database: another one is named by the environment, which a test cannot set.
    new TestServer(data, Map.of()).close();

    Ran check = run("index", "check", "--data", data.toString(), "--json");
    assertThat(check.exitCode()).as(check.err()).isZero();
    assertThat(TestServer.parse(check.out()).get("agrees").asBoolean()).isTrue();

    Ran rebuild = run("index", "rebuild", "--data", data.toString());
    assertThat(rebuild.exitCode()).as(rebuild.err()).isZero();
    assertThat(rebuild.out()).contains("0 embeddings");
    assertThat(Files.isDirectory(data.resolve("index/vectors"))).isTrue();
  }

  @Test
  void saysThatThereIsNoIndex(@TempDir Path data) {
    Ran check = run("index", "check", "--data", data.toString());

    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.err()).contains("no index");
  }
}
