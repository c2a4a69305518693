package ai.hartonomous.platform.job;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.job.JobQueue.Claim;
import ai.hartonomous.platform.job.JobQueue.Running;
import ai.hartonomous.platform.tenant.Tenant;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/// Brings waiting jobs to the runner while this node has room for them, tells the other nodes that
/// it lives, hears of jobs that it lost or is to cancel, and puts back the jobs of nodes that are
/// gone. One thread, which looks into the database a few times each second at most.
@Component
class JobDispatcher implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(JobDispatcher.class);

  /// Less than a phase of the shutdown has, see `spring.lifecycle` in the settings.
  private static final Duration PARK_WITHIN = Duration.ofSeconds(8);

  private final JobQueue queue;
  private final JobBoard board;
  private final JobRunner runner;
  private final JobFeed feed;
  private final JobMetrics metrics;
  private final Settings.Jobs settings;
  private final BlockingQueue<Boolean> wakeUps = new ArrayBlockingQueue<>(1);
  private volatile boolean running;
  private @Nullable Thread thread;
  private long lastLook;
  private long lastRenewal;

  JobDispatcher(
      JobQueue queue,
      JobBoard board,
      JobRunner runner,
      JobFeed feed,
      JobMetrics metrics,
      Settings settings) {
    this.queue = queue;
    this.board = board;
    this.runner = runner;
    this.feed = feed;
    this.metrics = metrics;
    this.settings = settings.jobs();
  }

  /// Looks soon whether a job can start.
  void wake() {
    boolean _ = wakeUps.offer(true);
  }

  @Override
  public synchronized void start() {
    queue.leaveAllIfAlone();
    running = true;
    lastLook = System.nanoTime() - settings.look().toNanos();
    lastRenewal = System.nanoTime();
    thread = Thread.ofPlatform().name("job-dispatcher").daemon().start(this::loop);
  }

  @Override
  public synchronized void stop() {
    running = false;
    wake();
    try {
      if (thread != null) {
        thread.join(PARK_WITHIN);
      }
      runner.park(PARK_WITHIN);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void loop() {
    while (running) {
      try {
        look();
      } catch (DataAccessException | TransactionException e) {
        LOG.warn("the jobs cannot be looked at: {}", e.getMessage());
        loseWhatMayBeTakenOver();
      } catch (RuntimeException e) { // without this thread the node would do nothing any more
        LOG.error("the jobs cannot be looked at", e);
        loseWhatMayBeTakenOver();
      }
      try {
        Object _ = wakeUps.poll(settings.look().toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private void look() {
    long now = System.nanoTime();
    if (now - lastLook >= settings.look().toNanos()) {
      if (now - lastRenewal >= settings.lease().toNanos() / 4) {
        queue.renew();
        lastRenewal = now;
      }
      compare();
      takeOver();
      feed.look();
      lastLook = now;
    }
    while (running && runner.runs().size() < settings.concurrent()) {
      Optional<Claim> claim = queue.claim(freeBytes(), allBytes());
      if (claim.isEmpty()) {
        return;
      }
      runner.start(claim.get(), this::wake);
    }
  }

  private long allBytes() {
    return settings.memoryBytes();
  }

  private long freeBytes() {
    return allBytes() - runner.runs().stream().mapToLong(JobRun::memoryBytes).sum();
  }

  /// Compares what runs here with what the database says runs here.
  private void compare() {
    List<JobRun> here = List.copyOf(runner.runs());
    Map<UUID, Running> known = new HashMap<>();
    queue.mine().forEach(job -> known.put(job.lease().job(), job));
    for (JobRun run : here) {
      Running job = known.remove(run.lease().job());
      if (job == null || !job.lease().equals(run.lease())) {
        run.interrupt(JobRun.Wish.LOSE); // unless it has just ended
      } else if (job.cancel()) {
        run.interrupt(JobRun.Wish.CANCEL);
      }
    }
    for (Running job : known.values()) {
      if (runner.run(job.lease().job()) == null) { // its end could not be stored
        putBack(job.lease());
      }
    }
  }

  private void takeOver() {
    queue.left().forEach(this::putBack);
  }

  private void putBack(JobLease lease) {
    Tenant.as(
        lease.user(),
        () -> {
          if (board.takeOver(lease.job(), lease.epoch(), settings.takeovers())) {
            metrics.returned("node-lost");
            LOG.info("job {} is put back: its node is gone", lease.job());
          }
        });
  }

  /// Without the database the leases run out, and other nodes may have them.
  private void loseWhatMayBeTakenOver() {
    if (System.nanoTime() - lastRenewal > settings.lease().toNanos()) {
      runner.runs().forEach(run -> run.interrupt(JobRun.Wish.LOSE));
    }
  }
}
