package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.Application;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.demo.Demo;
import ai.hartonomous.platform.security.TokenIssuer;
import ai.hartonomous.platform.store.Folders;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `hartonomous demo`: a first walk through the whole product.
@Command(
    name = "demo",
    description =
        "Starts a server on a fresh data folder, distils an agent from a sample model over HTTP,"
            + " shows its figures and asks it a question.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  private static final String USER = "demo";

  @Spec private CommandSpec spec;

  @Option(names = "--exit", description = "Ends after the table instead of serving on.")
  private boolean exit;

  @Option(names = "--json", description = "Prints the report as JSON; the story goes to stderr.")
  private boolean asJson;

  @Option(
      names = "--port",
      defaultValue = "5000",
      description = "Port of the server; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Empty data folder to use and keep (default: one that --exit removes).")
  private @Nullable Path data;

  @Option(
      names = "--samples",
      paramLabel = "DIR",
      description = "Folder of the sample models (default: samples/models of the repository).")
  private Path samples = Path.of(System.getProperty("hartonomous.home", ""), "samples", "models");

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = dataFolder();
    PrintWriter story = asJson ? spec.commandLine().getErr() : spec.commandLine().getOut();
    story.println("Starting the server on " + folder);
    story.flush();
    try (ConfigurableApplicationContext server = Application.start(properties(folder))) {
      URI address = URI.create("http://localhost:" + ServeCommand.port(server));
      String token =
          TokenIssuer.open(folder, Settings.fromEnvironment().tokens(), InstantSource.system())
              .issue(USER, Duration.ofHours(12));
      Demo.Result result = new Demo(address, token, samples, story).run();
      story.print(System.lineSeparator() + result.table());
      result.shortfalls().forEach(sentence -> story.println("BELOW THE BAR: " + sentence));
      if (asJson) {
        spec.commandLine().getOut().println(result.report());
      }
      if (!exit) {
        serveOn(story, address, folder);
      }
      story.flush();
      return result.shortfalls().isEmpty() ? 0 : 1;
    } catch (IOException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    } finally {
      if (exit && data == null) {
        Folders.delete(folder);
      }
    }
  }

  private Path dataFolder() throws IOException {
    if (data == null) {
      return Files.createTempDirectory("hartonomous-demo");
    }
    if (Files.exists(data)) {
      try (Stream<Path> content = Files.list(data)) {
        if (content.findAny().isPresent()) {
          throw new ParameterException(
              spec.commandLine(), "--data must be an empty or new folder: " + data);
        }
      }
    }
    return data.toAbsolutePath();
  }

  private Map<String, String> properties(Path folder) {
    return Map.of(
        "server.port", Integer.toString(port),
        "hartonomous.data", folder.toString(),
        "logging.threshold.console", "off");
  }

  private static void serveOn(PrintWriter story, URI address, Path folder)
      throws InterruptedException {
    story.printf(
        """

        The server goes on until Ctrl-C. In another terminal:
          TOKEN=$(./hartonomous token --user %s --data %s)
          curl -H "Authorization: Bearer $TOKEN" %s/v1/agents
        OpenAI's clients: base URL %s/openai/v1, model sql-agent
        """,
        USER, folder, address, address);
    story.flush();
    Thread.currentThread().join();
  }
}
