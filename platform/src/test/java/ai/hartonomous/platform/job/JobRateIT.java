package ai.hartonomous.platform.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.job.PatientWorker.Wish;
import ai.hartonomous.platform.tenant.Tenant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How many jobs can be submitted in a second, while a long queue waits.
@Tag("slow")
class JobRateIT {

  private static final int CLIENTS = 8;
  private static final Duration EACH = Duration.ofSeconds(5);

  @TempDir private Path data;

  @Test
  void acceptsHundredsOfJobsASecondWhileThousandsWait() throws Exception {
    var settings = new HashMap<>(TestDatabase.settings(data));
    settings.put("hartonomous.jobs.queued-per-user", "100000");
    try (var server = new TestServer(data, settings)) {
      Jobs jobs = server.bean(Jobs.class);
      Tenant.as("holder", () -> jobs.submit(PatientWorker.KIND, new Wish(0, "wait")));
      List<Integer> rates = new ArrayList<>();
      for (int round = 0; round < 4; round++) {
        rates.add(round(jobs));
      }
      System.out.println("jobs accepted a second, 5 s after 5 s: " + rates);
      assertThat(rates).allSatisfy(rate -> assertThat(rate).isGreaterThan(100));
    }
  }

  private static int round(Jobs jobs) throws InterruptedException {
    var accepted = new AtomicInteger();
    long end = System.nanoTime() + EACH.toNanos();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String user = "user" + i;
      clients.add(
          Thread.ofVirtual()
              .start(
                  () ->
                      Tenant.as(
                          user,
                          () -> {
                            while (System.nanoTime() - end < 0) {
                              jobs.submit(PatientWorker.KIND, new Wish(0, "succeed"));
                              accepted.incrementAndGet();
                            }
                          })));
    }
    for (Thread client : clients) {
      client.join();
    }
    return (int) (accepted.get() / EACH.toSeconds());
  }
}
