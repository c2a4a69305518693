package ai.hartonomous.platform.cli;

import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.platform.runtime.AgentRuntime;
import ai.hartonomous.platform.runtime.RuntimeOptions;
import ai.hartonomous.platform.runtime.RuntimeOptions.Agent;
import ai.hartonomous.platform.runtime.RuntimeOptions.Limits;
import ai.hartonomous.platform.runtime.RuntimeOptions.Place;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `hartonomous run`: serves one packed agent, without users and database.
@Command(
    name = "run",
    description =
        "Serves one packed agent to OpenAI's clients until it is told to stop (Ctrl-C or SIGTERM),"
            + " after comparing every file with the manifest. Writes nothing to the disk.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

  private static final int LEAST_KEY = 16;
  private static final int MOST_KEY = 8_000;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "AGENT_DIR", description = "Folder of a packed agent.")
  private Path folder = Path.of("");

  @Option(
      names = "--port",
      defaultValue = "5000",
      description = "Port to listen on; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--host",
      defaultValue = "localhost",
      description =
          "Address to listen on; 0.0.0.0 for all of this machine (default: ${DEFAULT-VALUE}).")
  private String host = "localhost";

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      description = "Requests must bring the first line of this file as bearer token.")
  private @Nullable Path keyFile;

  @Option(
      names = "--open",
      description = "Lets other machines ask without a key, where --host lets them in.")
  private boolean open;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What requests call the agent (default: the folder's name).")
  private @Nullable String name;

  @Option(names = "--id", hidden = true, description = "Id of the agent.")
  private @Nullable UUID id;

  @Option(names = "--threads", paramLabel = "N", description = "Threads (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "Most memory for weights and for what the agent has read, such as 2GB (default: the"
              + " weights and 1GB).")
  private @Nullable String memory;

  @Option(
      names = "--weights",
      defaultValue = "stored",
      paramLabel = "FORMAT",
      description =
          "Matrices in memory: stored (default: the numbers of the file), f32, bf16, q8_0, q4_0.")
  private ServingFormat weights = ServingFormat.STORED;

  @Option(names = "--json", description = "Prints a JSON object when it listens.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    RuntimeOptions options = options();
    try (AgentRuntime runtime = AgentRuntime.start(options)) {
      announce(runtime);
      Thread.currentThread().join(); // until the shutdown hook of the runtime ends the process
    }
    return 0;
  }

  private void announce(AgentRuntime runtime) {
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      out.println(
          JsonMapper.shared()
              .createObjectNode()
              .put("host", host)
              .put("port", runtime.port())
              .put("agent", runtime.agent().name())
              .put("version", runtime.agent().id().toString())
              .put("manifest", runtime.manifest()));
    } else {
      out.printf(
          "Agent %s (manifest %s) listens on http://%s:%d/openai/v1%n",
          runtime.agent().name(), runtime.manifest().substring(0, 12), host, runtime.port());
    }
    out.flush();
  }

  private RuntimeOptions options() throws IOException {
    if (threads < 1) {
      throw wrong("--threads must be at least 1.");
    }
    String key = keyFile == null ? null : key(keyFile);
    if (key == null && !open && !InetAddress.getByName(host).isLoopbackAddress()) {
      throw wrong("--host lets other machines in: add --api-key-file, or --open.");
    }
    return new RuntimeOptions(
        folder,
        new Agent(name, id),
        new Place(host, port, key),
        new Limits(threads, size(), weights));
  }

  private @Nullable DataSize size() {
    try {
      return memory == null ? null : DataSize.parse(memory);
    } catch (IllegalArgumentException _) {
      throw wrong("--memory must be a size such as 512MB or 2GB.");
    }
  }

  private static String key(Path file) throws IOException {
    if (Files.size(file) > MOST_KEY) {
      throw new IOException(file + " is too long for a key");
    }
    String key = Files.readString(file).lines().findFirst().orElse("").strip();
    if (key.length() < LEAST_KEY || !key.chars().allMatch(it -> it > ' ' && it < 0x7f)) {
      throw new IOException(
          "the first line of %s must be at least %d visible letters of ASCII"
              .formatted(file, LEAST_KEY));
    }
    return key;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
