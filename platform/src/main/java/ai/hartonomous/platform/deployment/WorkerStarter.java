package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.deployment.Worker.Address;
import ai.hartonomous.platform.store.StoreLayout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;

/// Starts processes for one agent, each with a key of its own.
///
/// @param agent id of the agent
/// @param folder its checkpoint with tokenizer
/// @param settings how agents answer on this server, and in workers
record WorkerStarter(UUID agent, Path folder, Settings settings) {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int KEY_BYTES = 32;
  private static final Duration HEALTH = Duration.ofSeconds(30);

  /// Of a worker's heap, what is neither weights nor what the agent has read.
  private static final long REST_BYTES = 256L << 20;

  /// A process that answers.
  ///
  /// @param process the process
  /// @param address where it listens
  /// @param sizeBytes of the weights in its memory
  record Started(WorkerProcess process, Address address, long sizeBytes) {}

  /// {@return a process that answers}
  ///
  /// @param born told of the process as soon as there is one
  /// @throws IOException if it does not answer; there is none then
  Started start(Consumer<WorkerProcess> born) throws IOException {
    WorkerOrder order = order();
    WorkerProcess process = WorkerProcess.start(order, options());
    born.accept(process);
    boolean good = false;
    try {
      WorkerReady ready = process.await(settings.workers().start());
      var address =
          new Address(URI.create("http://127.0.0.1:%d/".formatted(ready.port())), order.key());
      requireHealth(address);
      good = true;
      return new Started(process, address, ready.sizeBytes());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("was not waited for");
    } finally {
      if (!good) {
        process.kill();
      }
    }
  }

  private WorkerOrder order() {
    byte[] key = new byte[KEY_BYTES];
    RANDOM.nextBytes(key);
    Settings.Workers workers = settings.workers();
    return new WorkerOrder(
        Base64.getUrlEncoder().withoutPadding().encodeToString(key),
        agent,
        folder.toAbsolutePath(),
        Objects.requireNonNullElse(workers.threads(), settings.inference().computing()),
        Math.max(0, workers.heap().toBytes() - REST_BYTES),
        Objects.requireNonNullElse(workers.weights(), settings.inference().weights()),
        StoreLayout.in(settings.data()).probes());
  }

  /// The settings of the application are the packaged ones: a file beside the server is the
  /// server's.
  private List<String> options() {
    Settings.Inference inference = settings.inference();
    return List.of(
        "--add-modules",
        "jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseCompactObjectHeaders",
        "-XX:+ExitOnOutOfMemoryError",
        "-Xmx%d".formatted(settings.workers().heap().toBytes()),
        "-Dai.djl.offline=true",
        "-DOPT_OUT_TRACKING=true",
        "-Dspring.config.location=classpath:/application.yaml",
        "-Dhartonomous.inference.sequences=" + inference.sequences(),
        "-Dhartonomous.inference.waiting=" + inference.waiting(),
        "-Dhartonomous.inference.waiting-each=" + inference.waitingEach());
  }

  private static void requireHealth(Address address) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<Void> answer =
          client.send(
              HttpRequest.newBuilder(address.uri().resolve("health/ready"))
                  .header("Authorization", "Bearer " + address.key())
                  .timeout(HEALTH)
                  .build(),
              BodyHandlers.discarding());
      if (answer.statusCode() != 200) {
        throw new WorkerException("is not ready: its health is " + answer.statusCode());
      }
    }
  }
}
