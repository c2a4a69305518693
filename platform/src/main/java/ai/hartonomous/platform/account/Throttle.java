package ai.hartonomous.platform.account;

import ai.hartonomous.platform.SecuritySettings.Logins;
import ai.hartonomous.platform.Settings;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/// Slows down the guessing of passwords: a name may be tried wrongly a few times at once, and an
/// address may try any names some times a minute. Names that do not exist are counted alike. Counts
/// are this node's own and of the names and addresses seen last, because nobody who is not known
/// shall make this server write or grow.
@Component
class Throttle {

  private static final int MOST = 10_000;

  private final Logins settings;
  private final Map<String, Bucket> names = bounded();
  private final Map<String, Bucket> addresses = bounded();
  private final ReentrantLock lock = new ReentrantLock();

  Throttle(Settings settings) {
    this.settings = settings.security().logins();
  }

  private static Map<String, Bucket> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
        return size() > MOST;
      }
    };
  }

  /// {@return whether a try is allowed; it counts as wrong until {@link #right} is called}
  boolean allows(String name, String address) {
    return address(address).tryConsume(1) && name(name).tryConsume(1);
  }

  /// Takes back that the last try for a name was wrong.
  void right(String name) {
    name(name).addTokens(1);
  }

  private Bucket name(String name) {
    return find(
        names,
        Secrets.hash(name.toLowerCase(Locale.ROOT)),
        () ->
            Bucket.builder()
                .addLimit(
                    limit ->
                        limit
                            .capacity(settings.attempts())
                            .refillGreedy(1, settings.attemptEvery()))
                .build());
  }

  private Bucket address(String address) {
    int most = settings.attemptsFromAddress();
    return find(
        addresses,
        address,
        () ->
            Bucket.builder()
                .addLimit(limit -> limit.capacity(most).refillGreedy(most, Duration.ofMinutes(1)))
                .build());
  }

  private Bucket find(Map<String, Bucket> buckets, String key, Supplier<Bucket> fresh) {
    lock.lock();
    try {
      return buckets.computeIfAbsent(key, _ -> fresh.get());
    } finally {
      lock.unlock();
    }
  }
}
