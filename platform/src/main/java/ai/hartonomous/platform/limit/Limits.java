package ai.hartonomous.platform.limit;

import ai.hartonomous.platform.LimitSettings;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.limit.Share.Outcome;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Service;

/// The limits of all users, for each kind of operation.
@Service
class Limits {

  private static final int MOST = 20_000; // about 1 kB each

  private final BucketTable table;
  private final LimitSettings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<BucketTable.Key, Share> shares =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<BucketTable.Key, Share> eldest) {
          return size() > MOST; // its tokens are lost to the user, who has not called for long
        }
      };

  Limits(BucketTable table, Settings settings) {
    this.table = table;
    this.settings = settings.limits();
  }

  /// {@return what came of a user's request; nothing where there is no limit}
  Optional<Outcome> take(String user, Operation operation) {
    int perSecond = operation.perSecond(settings);
    if (perSecond == 0) {
      return Optional.empty();
    }
    // A bucket keeps its settings; with others it is another bucket.
    long capacity = capacity(operation);
    var key =
        new BucketTable.Key(user, "%s %d %d".formatted(operation.text(), perSecond, capacity));
    Share share;
    lock.lock();
    try {
      share = shares.computeIfAbsent(key, _ -> share(key, perSecond, capacity));
    } finally {
      lock.unlock();
    }
    return Optional.of(share.take());
  }

  /// {@return most requests at once}
  long capacity(Operation operation) {
    double saved = settings.burst().toMillis() / 1_000.0 * operation.perSecond(settings);
    return Math.max(1, (long) saved);
  }

  /// {@return time in which that many are allowed}
  Duration window() {
    return settings.burst();
  }

  private Share share(BucketTable.Key key, int perSecond, long capacity) {
    BucketConfiguration configuration =
        BucketConfiguration.builder()
            .addLimit(
                limit -> limit.capacity(capacity).refillGreedy(perSecond, Duration.ofSeconds(1)))
            .build();
    Bucket bucket = table.getProxy(key, () -> configuration);
    return new Share(bucket, perSecond, capacity, System::nanoTime);
  }
}
