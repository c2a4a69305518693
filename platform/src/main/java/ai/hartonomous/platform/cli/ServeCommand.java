package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.Application;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `hartonomous serve`: runs the server until it is told to stop.
@Command(
    name = "serve",
    description = "Runs the server until it is told to stop (Ctrl-C or SIGTERM).",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--port",
      defaultValue = "5000",
      description = "Port to listen on; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "Folder of database, binaries, keys and logs (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Option(
      names = "--import-dir",
      paramLabel = "DIR",
      description = "Folder whose checkpoints may be imported by path.")
  private @Nullable Path importDir;

  @Option(
      names = "--rehearse",
      hidden = true,
      description = "Starts, answers a few requests of its own, and ends.")
  private boolean rehearse;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var properties = new HashMap<String, String>();
    properties.put("server.port", Integer.toString(port));
    properties.put("hartonomous.data", data.toAbsolutePath().toString());
    if (importDir != null) {
      properties.put("hartonomous.import-dir", importDir.toAbsolutePath().toString());
    }
    ConfigurableApplicationContext server;
    try {
      server = Application.start(Map.copyOf(properties));
    } catch (IOException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    }
    if (rehearse) {
      try (server) {
        Rehearsal.run(port(server), data);
      }
      return 0;
    }
    spec.commandLine()
        .getOut()
        .printf("Listening on http://localhost:%d (data in %s)%n", port(server), data);
    spec.commandLine().getOut().flush();
    Thread.currentThread().join(); // until the shutdown hook of the server ends the process
    return 0;
  }

  static int port(ConfigurableApplicationContext server) {
    return server.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }
}
