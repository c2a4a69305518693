package ai.hartonomous.platform.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.VerboseResult;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// What one node holds of one bucket. It takes tokens from the shared bucket before it spends them,
/// a quarter of a second's worth at a time, so that the database is asked a few times a second at
/// full speed and the nodes together never spend what the bucket did not have. Tokens that were not
/// spent within a second are thrown away. So in any time `t` the nodes let at most `capacity + rate
/// (t + 1 s)` requests through.
final class Share {

  private static final long TAKES_A_SECOND = 4;
  private static final long GOOD_FOR_NANOS = Duration.ofSeconds(1).toNanos();
  private static final double NANOS = 1e9;

  private final Bucket shared;
  private final long perSecond;
  private final long capacity;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private long held;
  private long heldUntil;
  private long leftInBucket;
  private long emptyUntil;

  /// @param shared the bucket of all nodes
  /// @param perSecond tokens that flow into it
  /// @param capacity tokens that it holds
  /// @param nanoTime a clock that never goes back
  Share(Bucket shared, long perSecond, long capacity, LongSupplier nanoTime) {
    this.shared = shared;
    this.perSecond = perSecond;
    this.capacity = capacity;
    this.nanoTime = nanoTime;
    this.emptyUntil = nanoTime.getAsLong();
  }

  /// What came of asking for a token.
  ///
  /// @param allowed whether there was one
  /// @param left how many are left, as far as this node knows
  /// @param fullInSeconds until all are there again, rounded up
  /// @param retryInSeconds until one is there again, rounded up; 0 if there was one
  record Outcome(boolean allowed, long left, long fullInSeconds, long retryInSeconds) {}

  /// Spends a token, if there is one.
  Outcome take() {
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      if (held > 0 && now - heldUntil >= 0) {
        held = 0;
      }
      if (held == 0 && now - emptyUntil >= 0) {
        fetch(now);
      }
      if (held == 0) {
        return outcome(false, seconds((emptyUntil - now) / NANOS));
      }
      held--;
      return outcome(true, 0);
    } finally {
      lock.unlock();
    }
  }

  private void fetch(long now) {
    long wanted = Math.max(1, perSecond / TAKES_A_SECOND);
    VerboseResult<Long> taken = shared.asVerbose().tryConsumeAsMuchAsPossible(wanted);
    held = taken.getValue();
    heldUntil = now + GOOD_FOR_NANOS;
    leftInBucket = Math.max(0, taken.getDiagnostics().getAvailableTokens());
    if (held == 0) {
      emptyUntil = now + (long) (NANOS / perSecond) + 1; // the next token is there by then
    }
  }

  private Outcome outcome(boolean allowed, long retryInSeconds) {
    long left = held + leftInBucket;
    return new Outcome(
        allowed, left, seconds((double) (capacity - left) / perSecond), retryInSeconds);
  }

  private static long seconds(double exact) {
    return Math.max(1, (long) Math.ceil(exact));
  }
}
