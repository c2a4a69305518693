package ai.hartonomous.platform.job;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/// Does what the request says: counts steps, fails, or waits to be interrupted.
@Component
class PatientWorker implements JobWorker {

  static final String KIND = "patient";
  static final AtomicInteger STARTS = new AtomicInteger();

  /// What to do.
  record Wish(int steps, String end) {}

  /// What came of it.
  record Count(int steps) {}

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public JobOutcome run(RunningJob job) throws InterruptedException, IOException {
    STARTS.incrementAndGet();
    Wish wish = job.request(Wish.class);
    for (int step = 0; step < wish.steps(); step++) {
      job.progress("step " + step, (double) step / wish.steps(), "working");
    }
    return switch (wish.end()) {
      case "succeed" -> new JobOutcome.Succeeded(new Count(wish.steps()));
      case "refuse" -> new JobOutcome.Failed("did not want to");
      case "break" -> throw new IllegalStateException("secret detail");
      case "lose" -> throw new IOException("/etc/secret/weights.bin at byte 0: disk on fire");
      default -> {
        Thread.sleep(60_000);
        yield new JobOutcome.Failed("was never interrupted");
      }
    };
  }
}
