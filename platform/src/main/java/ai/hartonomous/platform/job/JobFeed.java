package ai.hartonomous.platform.job;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/// Brings what happens to jobs to those who wait for it. Events of this process come at once and
/// need no look into the database; of events of other processes it learns by one look for all jobs
/// that anybody waits for.
@Component
class JobFeed {

  private final JobQueue queue;
  private final Map<UUID, Set<Subscription>> subscriptions = new ConcurrentHashMap<>();
  private volatile boolean closed;

  JobFeed(JobQueue queue) {
    this.queue = queue;
  }

  /// Hears of the events of one job. Used by one thread.
  final class Subscription implements AutoCloseable {

    /// Enough for what happens between two writes; who misses more finds it in the database.
    private static final int PENDING = 32;

    private final UUID job;
    private final BlockingQueue<JobEvent> pending = new ArrayBlockingQueue<>(PENDING);
    private volatile boolean missed;
    private volatile int told;

    private Subscription(UUID job) {
      this.job = job;
    }

    /// {@return the next event, in no certain order; a hint where some are to be looked up; null if
    /// nothing happens in time, or nothing more will be told}
    ///
    /// @param most how long to wait
    /// @throws InterruptedException if the thread is interrupted
    @Nullable JobEvent next(Duration most) throws InterruptedException {
      if (missed) {
        missed = false;
        pending.clear();
        return JobEvent.hint(told);
      }
      return closed ? null : pending.poll(most.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// {@return whether the server stops}
    boolean isClosed() {
      return closed;
    }

    private void tell(JobEvent event) {
      told = Math.max(told, event.number());
      if (!pending.offer(event)) {
        missed = true;
      }
    }

    @Override
    public void close() {
      subscriptions.computeIfPresent(
          job,
          (_, all) -> {
            all.remove(this);
            return all.isEmpty() ? null : all;
          });
    }
  }

  /// {@return what tells of a job's events from now on; closed by the caller}
  ///
  /// @param job the job, which the caller may see
  Subscription subscribe(UUID job) {
    var subscription = new Subscription(job);
    subscriptions.compute(
        job,
        (_, all) -> {
          Set<Subscription> present = all == null ? ConcurrentHashMap.newKeySet() : all;
          present.add(subscription);
          return present;
        });
    return subscription;
  }

  /// Tells of an event that is stored.
  void tell(UUID job, JobEvent event) {
    subscriptions.getOrDefault(job, Set.of()).forEach(one -> one.tell(event));
  }

  /// Looks for events of other processes.
  void look() {
    if (subscriptions.isEmpty()) {
      return;
    }
    queue
        .lastEvents(subscriptions.keySet())
        .forEach(
            (job, number) -> {
              for (Subscription one : subscriptions.getOrDefault(job, Set.of())) {
                if (one.told < number) {
                  one.tell(JobEvent.hint(number));
                }
              }
            });
  }

  /// Ends all waiting: the server stops.
  @EventListener(ContextClosedEvent.class)
  void close() {
    closed = true;
    var hint = JobEvent.hint(0);
    subscriptions.values().forEach(all -> all.forEach(one -> one.tell(hint)));
  }
}
