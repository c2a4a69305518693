package ai.hartonomous.platform.metering;

import ai.hartonomous.platform.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Keeps the calls of this node, and gives back what calls of silent nodes hold.
@Component
class Leases implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
  private static final int AT_ONCE = 200;
  private static final int LOOKS_IN_A_LEASE = 4;

  private final CallRows calls;
  private final Reservations reservations;
  private final Duration length;
  private final String node;
  private final Set<UUID> running = ConcurrentHashMap.newKeySet();
  private @Nullable ScheduledExecutorService timer;

  Leases(CallRows calls, Reservations reservations, Settings settings) {
    this.calls = calls;
    this.reservations = reservations;
    this.length = settings.money().lease();
    var random = ThreadLocalRandom.current();
    this.node =
        "%d-%s"
            .formatted(
                ProcessHandle.current().pid(), HexFormat.of().toHexDigits(random.nextLong()));
  }

  /// {@return how long a node may be silent}
  Duration length() {
    return length;
  }

  /// {@return the name of this process, another one after every start}
  String node() {
    return node;
  }

  /// Prolongs a call from now on.
  void keep(UUID call) {
    running.add(call);
  }

  /// Prolongs a call no longer.
  void forget(UUID call) {
    running.remove(call);
  }

  /// Prolongs what runs here, and takes over what runs nowhere any more.
  ///
  /// @return how many calls were lost
  int look() {
    Instant now = Instant.now();
    List<UUID> kept = List.copyOf(running);
    for (int from = 0; from < kept.size(); from += AT_ONCE) {
      calls.prolong(kept.subList(from, Math.min(kept.size(), from + AT_ONCE)), now.plus(length));
    }
    int lost = 0;
    List<CallRows.Stored> silent;
    do {
      silent = calls.silent(now, AT_ONCE);
      for (CallRows.Stored call : silent) {
        lost += reservations.reconcile(call, now) ? 1 : 0;
      }
    } while (silent.size() == AT_ONCE);
    if (lost > 0) {
      LOG.warn("{} calls of nodes that went silent are not charged", lost);
    }
    return lost;
  }

  private void lookOrTell() {
    try {
      look();
    } catch (RuntimeException e) { // the next look must come whatever happens to this one
      LOG.error("calls under way could not be looked after", e);
    }
  }

  @Override
  public synchronized void start() {
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("call-leases").factory());
    long every = Math.max(1, length.toMillis() / LOOKS_IN_A_LEASE);
    var _ = started.scheduleWithFixedDelay(this::lookOrTell, 0, every, TimeUnit.MILLISECONDS);
    timer = started;
  }

  @Override
  public synchronized void stop() {
    if (timer != null) {
      timer.shutdownNow();
      timer = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return timer != null;
  }
}
