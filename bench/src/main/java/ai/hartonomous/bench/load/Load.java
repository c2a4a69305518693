package ai.hartonomous.bench.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Puts a server under load, one operation after another.
final class Load {
  /// As many requests as the just-in-time compiler needs until its code gets no faster, about.
  private static final long WARM_REQUESTS = 70_000;

  private final Wrk wrk;
  private final Server server;
  private final Database database;
  private final String name;
  private final Api api;
  private final Plan plan;
  private long warmed;

  /// @param wrk the load generator
  /// @param server the server
  /// @param database its database
  /// @param name name of the database
  /// @param api its API
  /// @param plan how long
  Load(Wrk wrk, Server server, Database database, String name, Api api, Plan plan) {
    this.wrk = wrk;
    this.server = server;
    this.database = database;
    this.name = name;
    this.api = api;
    this.plan = plan;
  }

  /// How long and with how many connections.
  ///
  /// @param warmUp least seconds of warm-up
  /// @param seconds seconds that are measured
  /// @param connections connections at a time
  record Plan(int warmUp, int seconds, int connections) {

    /// {@return the plan where only the time of an answer counts, not how many there are}
    Plan forTime() {
      return new Plan(
          Math.max(1, warmUp / 2), Math.max(1, seconds / 3), Math.max(1, connections / 4));
    }
  }

  /// Processor times at one moment, in ms.
  private record Clock(long nanos, long server, @Nullable Long database, long own, long machine) {}

  /// {@return how the server did an operation}
  ///
  /// @param operation the operation
  /// @param stock what the server holds
  /// @throws IOException if a request is refused before the measurement, or a program fails
  /// @throws InterruptedException if the thread is interrupted
  Outcome measure(Operation operation, Operation.Stock stock)
      throws IOException, InterruptedException {
    List<Operation.Request> requests = operation.requests().apply(stock);
    tryOnce(requests.getFirst());
    Path file = Files.createTempFile("requests-", ".tsv"); // its owner's only: it holds the token
    Plan chosen = operation.rate() == 0 ? plan.forTime() : plan;
    try {
      write(requests, file);
      warmUp(chosen, file);
      Clock before = clock();
      Wrk.Figures figures = run(chosen, file, chosen.seconds());
      return outcome(operation, figures, before, clock());
    } finally {
      Files.delete(file);
    }
  }

  private void tryOnce(Operation.Request request) throws IOException, InterruptedException {
    HttpRequest.Builder sent =
        HttpRequest.newBuilder(URI.create(server.url() + request.path()))
            .method(request.method(), BodyPublishers.ofString(request.body()));
    headers(request).forEach(it -> sent.header(it.split(": ")[0], it.split(": ")[1]));
    api.send(sent);
  }

  /// Twice as long as usual while the server has not answered enough to be fast at all.
  private void warmUp(Plan chosen, Path file) throws IOException, InterruptedException {
    int turns = 0;
    do {
      warmed += run(chosen, file, chosen.warmUp()).requests();
      turns++;
    } while (turns < 2 && warmed < WARM_REQUESTS);
  }

  private Wrk.Figures run(Plan chosen, Path file, int seconds)
      throws IOException, InterruptedException {
    return wrk.run(server.url(), file, chosen.connections(), seconds);
  }

  private void write(List<Operation.Request> requests, Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Operation.Request request : requests) {
      lines.add(
          String.join(
              "\t",
              request.method(),
              request.path(),
              String.join("|", headers(request)),
              request.body()));
    }
    Files.write(file, lines);
  }

  private List<String> headers(Operation.Request request) {
    return Stream.concat(
            Stream.of("Authorization: Bearer " + api.token()), request.headers().stream())
        .toList();
  }

  private Clock clock() throws IOException {
    long own = ProcessHandle.current().pid();
    return new Clock(
        System.nanoTime(),
        Processes.cpuMillis(server.pid()),
        database.cpuMillis(),
        Processes.cpuMillis(own) + Processes.endedChildrenCpuMillis(own),
        Processes.machineCpuMillis());
  }

  private Outcome outcome(Operation operation, Wrk.Figures figures, Clock before, Clock after)
      throws IOException, InterruptedException {
    long ours = after.server() - before.server();
    Long theirs =
        before.database() == null || after.database() == null
            ? null
            : Long.valueOf(after.database() - before.database());
    long known = ours + after.own() - before.own() + (theirs == null ? 0 : theirs);
    long others = Math.max(0, after.machine() - before.machine() - known);
    double passed = (after.nanos() - before.nanos()) / 1e6;
    double requests = figures.requests();
    return new Outcome(
        name,
        operation.name(),
        requests / figures.seconds(),
        operation.rate(),
        figures.p50Millis(),
        figures.p99Millis(),
        operation.p99Millis(),
        figures.socketErrors() + figures.statusErrors(),
        ours / requests,
        theirs == null ? null : theirs / requests,
        server.heapBytes(),
        Processes.peakBytes(server.pid()),
        others / (passed * Runtime.getRuntime().availableProcessors()));
  }
}
