package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process that computes for an agent, and the next one where it ends unasked.
public final class Worker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final WorkerStarter starter;
  private final Mishaps mishaps;
  private final Runnable gone;

  private State state = State.STARTING;
  private @Nullable WorkerProcess process;
  private @Nullable Address address;
  private Instant since = Instant.now();
  private long sizeBytes;

  /// What a worker can be.
  public enum State {
    /// Reads the agent; calls are refused.
    STARTING,
    /// Answers.
    READY,
    /// Ended unasked; the next one starts after a pause, and calls are refused.
    PAUSING,
    /// Ended, and nothing follows.
    ENDED
  }

  /// Where a worker listens.
  ///
  /// @param uri on this machine
  /// @param key bearer token of its requests
  public record Address(URI uri, String key) {

    /// {@return the address without the key}
    @Override
    public String toString() {
      return uri.toString();
    }
  }

  /// @param starter starts processes
  /// @param mishaps what went wrong so far
  /// @param gone called once, when the worker was closed and its last process has ended
  Worker(WorkerStarter starter, Mishaps mishaps, Runnable gone) {
    this.starter = starter;
    this.mishaps = mishaps;
    this.gone = gone;
  }

  /// Starts a process and waits until it answers. To be called once, before anything else.
  ///
  /// @throws IOException if it does not; the worker has ended then
  void start() throws IOException {
    try {
      launch();
    } catch (IOException e) {
      mishaps.note(String.valueOf(e.getMessage()), Instant.now(), Duration.ZERO);
      close();
      throw e;
    }
  }

  private void launch() throws IOException {
    WorkerStarter.Started started = starter.start(this::adopt);
    WorkerProcess fresh = started.process();
    synchronized (this) {
      if (state == State.ENDED) {
        throw new WorkerException("was ended while it started");
      }
      address = started.address();
      sizeBytes = started.sizeBytes();
      state = State.READY;
      since = Instant.now();
    }
    LOG.info("worker {} of agent {} is ready", fresh.pid(), starter.agent());
    fresh.onEnd(how -> ended(fresh, how));
  }

  /// Knows a process from its first moment, so that it is ended even while it starts.
  private synchronized void adopt(WorkerProcess fresh) {
    process = fresh;
    if (state == State.ENDED) {
      fresh.kill();
    } else {
      state = State.STARTING;
    }
  }

  private void ended(WorkerProcess former, String how) {
    Duration lived;
    synchronized (this) {
      if (state == State.ENDED || !former.equals(process)) {
        return;
      }
      lived = Duration.between(since, Instant.now());
    }
    pause(how, lived);
  }

  private void pause(String reason, Duration lived) {
    Duration pause = mishaps.note(reason, Instant.now(), lived);
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      state = State.PAUSING;
      address = null;
    }
    LOG.warn(
        "the worker of agent {} {}; the next one starts in {} ms",
        starter.agent(),
        reason,
        pause.toMillis());
    CompletableFuture.delayedExecutor(
            pause.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread)
        .execute(this::restart);
  }

  private void restart() {
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      state = State.STARTING;
    }
    mishaps.restarted();
    try {
      launch();
    } catch (IOException e) {
      pause(String.valueOf(e.getMessage()), Duration.ZERO);
    }
  }

  /// {@return where to ask now}
  ///
  /// @throws ProblemException with status 503 if it is not ready
  public synchronized Address address() {
    Address now = address;
    if (now == null) {
      throw new ProblemException(
          Problem.of(
              503,
              "worker-not-ready",
              "The worker of this agent ended and is started again; try again soon."));
    }
    return now;
  }

  /// Ends a process that says nothing any more. The next one takes its place.
  ///
  /// @param silent where it listens
  public synchronized void endSilent(Address silent) {
    WorkerProcess now = process;
    if (now != null && silent.equals(address)) {
      LOG.warn("worker {} of agent {} says nothing", now.pid(), starter.agent());
      now.kill();
    }
  }

  /// Path at which a worker tells its load.
  public static final String LOAD = "/worker/load";

  /// How much a worker has to do.
  ///
  /// @param growing answers that grow
  /// @param waiting answers that wait for a place beside them
  /// @param usedBytes keys and values of growing answers
  /// @param keptBytes those that are kept for prompts that begin alike
  /// @param mostBytes most of both
  public record Load(int growing, int waiting, long usedBytes, long keptBytes, long mostBytes) {

    static final Load NONE = new Load(0, 0, 0, 0, 0);

    Load plus(Load other) {
      return new Load(
          growing + other.growing,
          waiting + other.waiting,
          usedBytes + other.usedBytes,
          keptBytes + other.keptBytes,
          mostBytes + other.mostBytes);
    }
  }

  /// {@return where it can be asked now, if it is ready}
  synchronized Optional<Address> ready() {
    return Optional.ofNullable(address);
  }

  /// How a worker is.
  ///
  /// @param state what it is
  /// @param pid number of its process, or null where there is none
  /// @param restarts how often it was started again
  /// @param lastFailure what ended it last, or null
  /// @param failedAt when, or null
  record Health(
      State state,
      @Nullable Long pid,
      int restarts,
      @Nullable String lastFailure,
      @Nullable Instant failedAt) {

    static Health of(State state, @Nullable Long pid, Mishaps mishaps) {
      Mishaps.Mishap last = mishaps.last();
      return new Health(
          state,
          pid,
          mishaps.restarts(),
          last == null ? null : last.reason(),
          last == null ? null : last.at());
    }
  }

  synchronized Health health() {
    WorkerProcess now = process;
    boolean lives = state == State.READY || state == State.STARTING;
    return Health.of(state, now == null || !lives ? null : now.pid(), mishaps);
  }

  /// {@return bytes of the weights in its memory}
  synchronized long sizeBytes() {
    return state == State.READY ? sizeBytes : 0;
  }

  /// Ends the process. Nobody may ask it any more.
  @Override
  public void close() {
    WorkerProcess last;
    synchronized (this) {
      if (state == State.ENDED) {
        return;
      }
      state = State.ENDED;
      address = null;
      last = process;
    }
    if (last == null) {
      gone.run();
      return;
    }
    last.end();
    last.onEnd(_ -> gone.run());
  }

  /// Waits until nothing runs any more. To be called after {@link #close}.
  ///
  /// @throws InterruptedException if the thread is interrupted
  void awaitEnd() throws InterruptedException {
    WorkerProcess last;
    synchronized (this) {
      last = process;
    }
    if (last != null) {
      last.awaitEnd();
    }
  }
}
