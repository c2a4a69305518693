package ai.hartonomous.platform.deployment;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What went wrong with the workers of one agent on this node, and how long to wait because of it:
/// each failure doubles the pause, up to a minute; a worker that lived a minute begins anew.
final class Mishaps {

  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final Duration STABLE = Duration.ofMinutes(1);
  private static final int MOST_DOUBLINGS = 16;

  private final Duration first;
  private int inRow;
  private int restarts;
  private Instant notBefore = Instant.MIN;
  private @Nullable Mishap last;

  /// @param first pause
  Mishaps(Duration first) {
    this.first = first;
  }

  /// One failure.
  ///
  /// @param at when
  /// @param reason what happened to the worker
  record Mishap(Instant at, String reason) {}

  /// Notes a failure.
  ///
  /// @param reason what happened to the worker
  /// @param now when
  /// @param lived how long the worker had answered
  /// @return how long to wait
  synchronized Duration note(String reason, Instant now, Duration lived) {
    inRow = lived.compareTo(STABLE) >= 0 ? 1 : inRow + 1;
    long doubled = first.toMillis() << Math.min(inRow - 1, MOST_DOUBLINGS);
    Duration pause = Duration.ofMillis(Math.min(doubled, LONGEST.toMillis()));
    notBefore = now.plus(pause);
    last = new Mishap(now, reason);
    return pause;
  }

  /// Notes that a worker was started again.
  synchronized void restarted() {
    restarts++;
  }

  /// {@return how often a worker was started again}
  synchronized int restarts() {
    return restarts;
  }

  /// {@return the last failure, or null}
  synchronized @Nullable Mishap last() {
    return last;
  }

  /// {@return whether it is too soon for another start}
  synchronized boolean isTooSoon(Instant now) {
    return now.isBefore(notBefore);
  }
}
