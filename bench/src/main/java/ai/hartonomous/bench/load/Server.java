package ai.hartonomous.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The server as its users start it: the launcher in a process of its own, on a free port.
final class Server implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("http://localhost:(\\d+)");
  private static final Pattern HEAP_USED = Pattern.compile("used (\\d+)K");
  private static final long STOP_SECONDS = 60;

  private final Process process;
  private final int port;

  private Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// {@return the running server}
  ///
  /// @param home folder of the launcher
  /// @param data its data folder
  /// @param javaOptions what the JVM gets besides
  /// @param settings its settings, such as `spring.datasource.url`
  /// @throws IOException if it does not start
  static Server start(Path home, Path data, List<String> javaOptions, Map<String, String> settings)
      throws IOException {
    var options = new StringBuilder(String.join(" ", javaOptions));
    settings.forEach((key, value) -> options.append(" -D").append(key).append('=').append(value));
    var builder =
        new ProcessBuilder(
            home.resolve("hartonomous").toString(),
            "serve",
            "--port",
            "0",
            "--data",
            data.toString());
    builder.environment().put("HARTONOMOUS_JAVA_OPTS", options.toString());
    Process process = builder.redirectError(data.resolveSibling("server.err").toFile()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy)); // if we are interrupted
    try {
      return new Server(process, awaitPort(process));
    } catch (IOException e) {
      process.destroy();
      throw e;
    }
  }

  private static int awaitPort(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    while (line != null) {
      Matcher listening = LISTENING.matcher(line);
      if (listening.find()) {
        Thread.ofVirtual().start(() -> drain(out));
        return Integer.parseInt(listening.group(1));
      }
      line = out.readLine();
    }
    throw new IOException("the server did not start; server.err beside its data folder says why");
  }

  /// What nobody reads would stop the server.
  private static void drain(BufferedReader out) {
    try {
      out.transferTo(Writer.nullWriter());
    } catch (IOException _) {
      // the server is gone
    }
  }

  /// {@return scheme, host and port}
  String url() {
    return "http://127.0.0.1:" + port;
  }

  /// {@return number of its process}
  long pid() {
    return process.pid();
  }

  /// {@return bytes of the heap in use, garbage included}
  ///
  /// @throws IOException if it cannot be asked
  /// @throws InterruptedException if the thread is interrupted
  long heapBytes() throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String said = Commands.run(List.of(jcmd, Long.toString(pid()), "GC.heap_info"));
    Matcher used = HEAP_USED.matcher(said);
    if (!used.find()) {
      throw new IOException("jcmd GC.heap_info names no heap: " + said);
    }
    return 1024 * Long.parseLong(used.group(1));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
