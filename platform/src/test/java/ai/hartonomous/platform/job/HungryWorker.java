package ai.hartonomous.platform.job;

import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/// Needs memory, or says so, and works until it is let go; tells of every crumb.
@Component
class HungryWorker implements JobWorker {

  static final String KIND = "hungry";
  static final AtomicInteger EATING = new AtomicInteger();
  static final Semaphore LEAVE = new Semaphore(0);

  /// What to do.
  record Hunger(long bytes, int crumbs) {}

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public long memoryBytes(Object request) {
    return ((Hunger) request).bytes();
  }

  @Override
  public JobOutcome run(RunningJob job) throws InterruptedException {
    int crumbs = job.request(Hunger.class).crumbs();
    for (int i = 0; i < crumbs; i++) {
      job.progress("eat", (double) i / crumbs, "crumb " + i);
    }
    EATING.incrementAndGet();
    try {
      LEAVE.acquire();
    } finally {
      EATING.decrementAndGet();
    }
    return new JobOutcome.Succeeded(Map.of());
  }
}
