package ai.hartonomous.bench.load;

import ai.hartonomous.bench.load.Operation.Stock;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `bench load`: the packaged server under load.
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description =
        "Seeds the packaged server through its API, puts it under load with wrk, and compares"
            + " requests per second and latency with what they must be.")
public final class LoadCommand implements Callable<Integer> {
  private static final String USER = "load";

  /// Settings of the server under load; the rest is as it comes. What keeps one user from having
  /// too much of the server would end the measurement: all load is one user's.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "logging.threshold.console", "warn",
          "hartonomous.jobs.queued-per-user", "1000000",
          "hartonomous.limits.reads", "0",
          "hartonomous.limits.agents", "0");

  @Spec private CommandSpec spec;

  @Option(
      names = "--database",
      split = ",",
      paramLabel = "NAME",
      description = "h2, postgresql or both with a comma; default ${DEFAULT-VALUE}.")
  private DatabaseKind[] databases = {DatabaseKind.H2, DatabaseKind.POSTGRESQL};

  @Option(
      names = "--url",
      paramLabel = "JDBC-URL",
      description = "A database that runs already and may be filled, instead of --database.")
  private @Nullable String url;

  @Option(names = "--username", paramLabel = "NAME", description = "User of that database.")
  private String username = "hartonomous";

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "Names of the operations to measure; all without it.")
  private List<String> only = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Measured time of an operation; default ${DEFAULT-VALUE}.")
  private int seconds = 60;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      description = "Least time before it; default ${DEFAULT-VALUE}.")
  private int warmUp = 20;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description =
          "Connections at a time, a quarter where only the time counts; default"
              + " ${DEFAULT-VALUE}.")
  private int connections = 16;

  @Option(
      names = "--models",
      paramLabel = "N",
      description = "Models of 100 components to seed; default ${DEFAULT-VALUE}.")
  private int models = 10_000;

  @Option(
      names = "--agents",
      paramLabel = "N",
      description = "Agents to seed; default ${DEFAULT-VALUE}.")
  private int agents = 100;

  @Option(
      names = "--embedded",
      paramLabel = "N",
      description = "Models whose components are embedded; default ${DEFAULT-VALUE}.")
  private int embedded = 100;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Keeps what was seeded for the next run; default target/load.")
  private @Nullable Path data;

  @Option(
      names = "--java-options",
      paramLabel = "TEXT",
      description = "What the server's JVM gets besides -Xmx1g.")
  private String javaOptions = "";

  @Option(names = "--seed-only", description = "Seeds and measures nothing.")
  private boolean seedOnly;

  @Option(names = "--json", description = "One JSON object for each result on standard output.")
  private boolean json;

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  /// For the command line.
  public LoadCommand() {}

  /// A database that can be started here.
  enum DatabaseKind {
    /// In the server's process.
    H2,
    /// Processes of its own.
    POSTGRESQL
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Operation> chosen = chosen();
    Path folder = (data == null ? home().resolve("target/load") : data).toAbsolutePath();
    Files.createDirectories(folder);
    Optional<Wrk> wrk = Wrk.find(folder);
    if (wrk.isEmpty() && !seedOnly) {
      spec.commandLine().getErr().println("wrk is missing (Debian: apt-get install wrk)");
      return 1;
    }
    List<Outcome> outcomes = new ArrayList<>();
    if (url != null) {
      String name = url.split(":")[1];
      var database =
          new Database.Running(
              Map.of("spring.datasource.url", url, "spring.datasource.username", username));
      seed(folder.resolve(name), database);
      outcomes.addAll(measure(wrk, chosen, folder.resolve(name), name, database));
    }
    for (DatabaseKind kind : url == null ? databases : new DatabaseKind[0]) {
      String name = kind.name().toLowerCase(Locale.ROOT);
      var stored = new Stored(folder.resolve(name));
      try (Database database = open(kind, stored.seed())) {
        seed(stored.seed(), database);
      }
      if (!seedOnly) {
        Path copy = stored.copy();
        try (Database database = open(kind, copy)) {
          outcomes.addAll(measure(wrk, chosen, copy, name, database));
        }
      }
    }
    new LoadReport(out, json).table(outcomes);
    return 0;
  }

  private List<Operation> chosen() {
    List<String> names = Operation.ALL.stream().map(Operation::name).toList();
    if (!names.containsAll(only)) {
      throw new ParameterException(spec.commandLine(), "--only names one or more of " + names);
    }
    return Operation.ALL.stream().filter(it -> only.isEmpty() || only.contains(it.name())).toList();
  }

  private static Database open(DatabaseKind kind, Path folder)
      throws IOException, InterruptedException {
    return switch (kind) {
      case H2 -> new Database.Embedded();
      case POSTGRESQL -> PostgreSql.start(folder.resolve("cluster"));
    };
  }

  private void seed(Path folder, Database database) throws IOException, InterruptedException {
    Path marker = folder.resolve("seeded-%d-%d-%d".formatted(models, agents, embedded));
    if (Files.exists(marker)) {
      return;
    }
    say("seeding %d models and %d agents in %s".formatted(models, agents, folder));
    try (Server server = start(folder, database);
        Api api = api(server, folder)) {
      var seed = new Seed(api, this::say);
      seed.models(models);
      seed.agents(agents);
      SeedEmbeddings.store(api, seed.readers(embedded));
    }
    Files.createFile(marker);
  }

  private List<Outcome> measure(
      Optional<Wrk> wrk, List<Operation> chosen, Path folder, String name, Database database)
      throws IOException, InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    try (Server server = start(folder, database);
        Api api = api(server, folder)) {
      Stock stock = stock(api);
      var plan = new Load.Plan(warmUp, seconds, connections);
      var load = new Load(wrk.orElseThrow(), server, database, name, api, plan);
      for (Operation operation : chosen) {
        Outcome outcome = load.measure(operation, stock);
        new LoadReport(out, json).outcome(outcome);
        outcomes.add(outcome);
      }
    }
    return outcomes;
  }

  private Stock stock(Api api) throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    api.all("/v1/models").forEach(model -> ids.add(model.get("id").asString()));
    Collections.shuffle(ids, new Random(1));
    List<String> components = new ArrayList<>(SeedEmbeddings.components(api, Seed.readers(api)));
    Collections.shuffle(components, new Random(2));
    return new Stock(ids, components);
  }

  private Server start(Path folder, Database database) throws IOException {
    var settings = new HashMap<>(SETTINGS);
    settings.putAll(database.settings());
    List<String> options = List.of("-Xmx1g", javaOptions);
    return Server.start(home(), Files.createDirectories(folder.resolve("data")), options, settings);
  }

  private static Api api(Server server, Path folder) throws IOException, InterruptedException {
    String launcher = home().resolve("hartonomous").toString();
    String token =
        Commands.run(
            List.of(
                launcher, "token", "--user", USER, "--data", folder.resolve("data").toString()));
    return new Api(server.url(), token.lines().toList().getLast());
  }

  private static Path home() {
    return Path.of(System.getProperty("hartonomous.home", ""));
  }

  private void say(String text) {
    spec.commandLine().getErr().println(text);
  }
}
