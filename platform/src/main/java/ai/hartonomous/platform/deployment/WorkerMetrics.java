package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.deployment.Worker.Address;
import ai.hartonomous.platform.deployment.Worker.Load;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.annotation.PreDestroy;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// How much the workers of this node have to do, all together, for the metrics. They are asked when
/// somebody looks, all at once; one that does not answer in time does not count.
@Component
class WorkerMetrics implements MeterBinder {

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /// All gauges of one look at the metrics are of one answer.
  private static final long FRESH_NANOS = Duration.ofMillis(500).toNanos();

  private final Workers workers;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private Load last = Load.NONE;
  private long asked = System.nanoTime() - FRESH_NANOS;

  WorkerMetrics(Workers workers) {
    this.workers = workers;
  }

  @PreDestroy
  void stop() {
    client.shutdownNow();
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "num.requests.running", "Answers that grow in workers", Load::growing);
    gauge(
        registry,
        "num.requests.waiting",
        "Answers that wait for a place in workers",
        Load::waiting);
    gauge(
        registry,
        "kv.cache.usage.perc",
        "Share of the workers' memory for keys and values that growing answers have, 0 to 1",
        load -> share(load.usedBytes(), load));
    gauge(
        registry,
        "kv.cache.kept.perc",
        "Share that is kept for prompts that begin alike, 0 to 1",
        load -> share(load.keptBytes(), load));
  }

  private void gauge(
      MeterRegistry registry, String name, String description, ToDoubleFunction<Load> value) {
    Gauge.builder("hartonomous.workers." + name, this, it -> value.applyAsDouble(it.load()))
        .description(description)
        .register(registry);
  }

  private static double share(long bytes, Load load) {
    return load.mostBytes() == 0 ? 0 : bytes / (double) load.mostBytes();
  }

  private synchronized Load load() {
    if (System.nanoTime() - asked >= FRESH_NANOS) {
      List<CompletableFuture<Load>> loads = workers.ready().stream().map(this::ask).toList();
      last = loads.stream().map(CompletableFuture::join).reduce(Load.NONE, Load::plus);
      asked = System.nanoTime();
    }
    return last;
  }

  private CompletableFuture<Load> ask(Address address) {
    HttpRequest request =
        HttpRequest.newBuilder(address.uri().resolve(Worker.LOAD))
            .header("Authorization", "Bearer " + address.key())
            .timeout(PATIENCE)
            .build();
    return client
        .sendAsync(request, BodyHandlers.ofString())
        .thenApply(WorkerMetrics::load)
        .exceptionally(_ -> Load.NONE); // it ends, or computes so much that it cannot tell
  }

  private static Load load(HttpResponse<String> answer) {
    return answer.statusCode() == 200
        ? JsonMapper.shared().readValue(answer.body(), Load.class)
        : Load.NONE;
  }
}
