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
///
/// @param wrk the load generator
/// @param server the server
/// @param database its database
/// @param name name of the database
/// @param api its API
/// @param plan how long
record Load(Wrk wrk, Server server, Database database, String name, Api api, Plan plan) {
  /// As many requests as the just-in-time compiler needs until its code gets no faster, about.
  private static final long WARM_REQUESTS = 70_000;

  private static final int WARM_AT_MOST = 2; // times the seconds of a warm-up

  /// How long and with how many connections.
  ///
  /// @param warmUp least seconds of warm-up
  /// @param seconds seconds that are measured
  /// @param connections connections at a time
  record Plan(int warmUp, int seconds, int connections) {}

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
    try {
      write(requests, file);
      warmUp(file);
      Clock before = clock();
      Wrk.Figures figures = wrk.run(server.url(), file, plan.connections(), plan.seconds());
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

  private void warmUp(Path file) throws IOException, InterruptedException {
    long done = 0;
    for (int turn = 0; turn < WARM_AT_MOST && done < WARM_REQUESTS; turn++) {
      done += wrk.run(server.url(), file, plan.connections(), plan.warmUp()).requests();
    }
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
