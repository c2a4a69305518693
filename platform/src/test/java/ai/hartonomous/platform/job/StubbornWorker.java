package ai.hartonomous.platform.job;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/// Its first start of a job stands still, as in a long pause of the whole process, and then stores
/// a part and its effect nevertheless; later starts store them at once.
@Component
class StubbornWorker implements JobWorker {

  static final String KIND = "stubborn";
  static final AtomicInteger EFFECTS = new AtomicInteger();
  static final AtomicInteger REFUSED = new AtomicInteger();
  static final AtomicInteger PARTS = new AtomicInteger();
  static final AtomicInteger REFUSED_PARTS = new AtomicInteger();
  static final Map<UUID, CountDownLatch> PAUSES = new ConcurrentHashMap<>();

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public JobOutcome run(RunningJob job) throws InterruptedException {
    CountDownLatch pause = PAUSES.get(job.id());
    boolean first = pause == null;
    if (first) {
      pause = PAUSES.computeIfAbsent(job.id(), _ -> new CountDownLatch(1));
      awaitWhateverHappens(pause);
    }
    try {
      job.storePart(PARTS::incrementAndGet);
    } catch (LostJobException _) {
      REFUSED_PARTS.incrementAndGet();
    }
    try {
      job.store(EFFECTS::incrementAndGet);
    } catch (LostJobException e) {
      REFUSED.incrementAndGet();
      throw e;
    }
    return new JobOutcome.Succeeded(Map.of());
  }

  private static void awaitWhateverHappens(CountDownLatch pause) {
    while (true) {
      try {
        pause.await();
        return;
      } catch (InterruptedException _) {
        // a paused process does not hear
      }
    }
  }
}
