package ai.hartonomous.platform.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A server in a process of its own.
@SuppressWarnings("doclint:missing") // parameters of a test fixture
public final class NodeProcess {

  private static final String READY = "Listening on ";

  private final Process process;
  private final String base;

  private NodeProcess(Process process, String base) {
    this.process = process;
    this.base = base;
  }

  /// Starts a server, and waits until it listens.
  ///
  /// @param data its data folder
  /// @param settings its settings
  /// @param log what it says besides
  public static NodeProcess start(Path data, Map<String, String> settings, Path log)
      throws IOException {
    List<String> verb = List.of("serve", "--port", "0", "--data", data.toString());
    Process process =
        new ProcessBuilder(command(settings, verb))
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    BufferedReader out = process.inputReader();
    String line = out.readLine();
    while (line != null && !line.startsWith(READY)) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException("the server did not start: " + Files.readString(log));
    }
    return new NodeProcess(process, line.substring(READY.length()).split(" ", 2)[0]);
  }

  /// {@return the one line that another verb of the command line prints}
  ///
  /// @param settings its settings
  /// @param verb the verb with its options
  public static String run(Map<String, String> settings, List<String> verb) throws IOException {
    Process process =
        new ProcessBuilder(command(settings, verb))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return String.valueOf(process.inputReader().readLine());
  }

  private static List<String> command(Map<String, String> settings, List<String> verb) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Short lives: quick to start. Without the second compiler the Vector API is a hundred times
    // slower than plain loops, so it is left out, and the plain kernels serve.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx384m", "-XX:+UseSerialGC"));
    settings.forEach((name, value) -> command.add("-D%s=%s".formatted(name, value)));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(verb);
    return command;
  }

  /// {@return where it answers}
  public String base() {
    return base;
  }

  /// Ends it by signal 9.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Ends it in an orderly way.
  ///
  /// @return how long that took, in milliseconds
  public long stop() throws InterruptedException {
    long begin = System.nanoTime();
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return (System.nanoTime() - begin) / 1_000_000;
  }
}
