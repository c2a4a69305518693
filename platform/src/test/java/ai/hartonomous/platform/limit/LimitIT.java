package ai.hartonomous.platform.limit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two servers on one PostgreSQL.
class LimitIT {

  private static final int PER_SECOND = 20;
  private static final int BURST = 40;

  @TempDir private static Path data;
  @TempDir private static Path otherData;

  private static TestServer one;
  private static TestServer two;

  private final String user = "u" + UUID.randomUUID();

  @BeforeAll
  static void start() throws Exception {
    var settings = new HashMap<>(TestDatabase.postgresql(data));
    settings.putAll(
        Map.of("hartonomous.limits.reads", "" + PER_SECOND, "hartonomous.limits.burst", "2s"));
    one = new TestServer(data, settings);
    two = new TestServer(otherData, settings);
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
  }

  @Test
  void twoNodesShareOneLimit() throws Exception {
    long start = System.nanoTime();
    int allowed = 0;
    int refused = 0;
    try (var pool = Executors.newFixedThreadPool(4)) {
      var answers =
          pool.invokeAll(
              IntStream.range(0, 200)
                  .<Callable<Integer>>mapToObj(
                      i -> () -> (i % 2 == 0 ? one : two).get(user, "/v1/jobs").status())
                  .toList());
      for (var answer : answers) {
        switch (answer.get()) {
          case 200 -> allowed++;
          case 429 -> refused++;
          default -> throw new AssertionError("status " + answer.get());
        }
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;

    assertThat(refused).isPositive();
    // The bound that Share states; what one node alone would allow is at least half of it.
    assertThat(allowed).isLessThanOrEqualTo((int) (BURST + PER_SECOND * (seconds + 1)));
    assertThat(allowed).isGreaterThanOrEqualTo(BURST / 2);
  }

  @Test
  void tellsHowFarTheLimitIsAndWhenToComeBack() throws Exception {
    Answer first = one.get(user, "/v1/jobs");
    assertThat(first.header("RateLimit-Policy")).isEqualTo("\"reads\";q=40;w=2");
    assertThat(first.header("RateLimit")).isEqualTo("\"reads\";r=39;t=1");

    Answer answer = first;
    for (int i = 0; i < 50 * BURST && answer.status() == 200; i++) { // more where it fills up
      answer = one.get(user, "/v1/jobs");
    }
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");

    Thread.sleep(Duration.ofMillis(1_200)); // as long as it was told, and a little more
    assertThat(one.get(user, "/v1/jobs").status()).isEqualTo(200);
  }

  @Test
  void oneUsersLimitIsNotAnothers() throws Exception {
    for (int i = 0; i < 2 * BURST; i++) {
      one.get(user, "/v1/jobs");
    }

    assertThat(one.get("other" + user, "/v1/jobs").status()).isEqualTo(200);
    assertThat(one.delete(user, "/v1/jobs/" + UUID.randomUUID()).status()).isEqualTo(404);
  }
}
