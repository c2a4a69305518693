package ai.hartonomous.platform.job;

import ai.hartonomous.platform.job.JobQueue.Backlog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/// Figures of the jobs. What waits is counted over all nodes, what runs on this node.
@Component
class JobMetrics {

  private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();

  private final MeterRegistry registry;
  private final JobQueue queue;
  private final AtomicInteger running = new AtomicInteger();
  private Backlog backlog = new Backlog(Double.NaN, Double.NaN);
  private long counted = System.nanoTime() - FRESH_NANOS;

  JobMetrics(MeterRegistry registry, JobQueue queue) {
    this.registry = registry;
    this.queue = queue;
    Gauge.builder("hartonomous.jobs.queued", this, it -> it.backlog().jobs())
        .description("Jobs that wait, of all users")
        .register(registry);
    Gauge.builder("hartonomous.jobs.oldest.waiting", this, it -> it.backlog().oldestSeconds())
        .description("How long the oldest of them has waited")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("hartonomous.jobs.running", running, AtomicInteger::get)
        .description("Jobs that run on this node")
        .register(registry);
    for (String reason : new String[] {"node-lost", "node-stopped"}) {
      var _ = registry.counter("hartonomous.jobs.returned", "reason", reason);
    }
  }

  /// A job starts on this node.
  void started() {
    running.incrementAndGet();
  }

  /// A job no longer runs on this node.
  void left() {
    running.decrementAndGet();
  }

  /// A job ended on this node.
  ///
  /// @param kind its kind
  /// @param state how it ended
  /// @param time since its last start
  void ended(String kind, JobState state, Duration time) {
    Timer.builder("hartonomous.jobs.duration")
        .description("From the last start of a job to its end")
        .tag("kind", kind)
        .tag("state", state.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .record(time);
  }

  /// A running job went back to the queue.
  ///
  /// @param reason `node-lost` or `node-stopped`
  void returned(String reason) {
    registry.counter("hartonomous.jobs.returned", "reason", reason).increment();
  }

  private synchronized Backlog backlog() {
    if (System.nanoTime() - counted >= FRESH_NANOS) {
      try {
        backlog = queue.backlog();
      } catch (DataAccessException _) {
        backlog = new Backlog(Double.NaN, Double.NaN); // not known while the database is away
      }
      counted = System.nanoTime();
    }
    return backlog;
  }
}
