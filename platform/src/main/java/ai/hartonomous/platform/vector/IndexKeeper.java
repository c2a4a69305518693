package ai.hartonomous.platform.vector;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.vector.EmbeddingFeed.Change;
import ai.hartonomous.platform.vector.EmbeddingFeed.Clock;
import ai.hartonomous.platform.vector.EmbeddingFeed.Cursor;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/// Keeps this node's index in step with the table: it reads what changed after every change made
/// here, and again and again for those of other nodes. An index that is missing, damaged, ahead of
/// the table (as after a backup was restored), too far behind, or not equal to it is made anew.
@Component
class IndexKeeper implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(IndexKeeper.class);
  private static final Duration COMMIT_EVERY = Duration.ofSeconds(5);
  private static final Duration PURGE_EVERY = Duration.ofHours(6);
  private static final Duration WAIT_AT_START = Duration.ofSeconds(5);
  private static final Duration WAIT_FOR_CHANGE = Duration.ofSeconds(30);
  private static final int PAGES_BETWEEN_COMMITS = 40;

  private final EmbeddingFeed feed;
  private final Path folder;
  private final Duration poll;
  private volatile @Nullable ScheduledExecutorService thread;
  private volatile @Nullable VectorIndex index;
  private volatile boolean ready;
  // What follows belongs to the thread.
  private boolean compared;
  private boolean drained;
  private long committedAt = System.nanoTime();
  private long purgedAt = System.nanoTime() - PURGE_EVERY.toNanos();

  IndexKeeper(EmbeddingFeed feed, Settings settings) {
    this.feed = feed;
    this.folder = folder(settings);
    this.poll = settings.vectors().poll();
  }

  static Path folder(Settings settings) {
    Path chosen = settings.vectors().folder();
    return (chosen == null ? settings.data().resolve("index/vectors") : chosen)
        .toAbsolutePath()
        .normalize();
  }

  /// {@return the index, for a search}
  ///
  /// @throws ProblemException if it is being made anew
  VectorIndex current() {
    VectorIndex current = index;
    if (!ready || current == null) {
      throw new ProblemException(
          Problem.of(503, "index-rebuilding", "The index of vectors is being made anew."));
    }
    return current;
  }

  /// {@return whether searches are answered}
  boolean isReady() {
    return ready;
  }

  /// Reads the table up to its last change and returns then, so that searches find it. If that
  /// takes too long, or the index has to be made anew, it returns before.
  void sync() {
    ScheduledExecutorService running = thread;
    if (running == null) {
      return;
    }
    try {
      running.submit(this::step).get(WAIT_FOR_CHANGE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the index cannot follow the table", e.getCause());
    } catch (TimeoutException | RejectedExecutionException _) {
      LOG.warn("the index follows the table later");
    }
  }

  @Override
  public void start() {
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            work -> Thread.ofPlatform().daemon().name("vector-index").unstarted(work));
    thread = started;
    var first = started.submit(this::step);
    var _ =
        started.scheduleWithFixedDelay(
            this::step, poll.toMillis(), poll.toMillis(), TimeUnit.MILLISECONDS);
    try {
      first.get(WAIT_AT_START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the index cannot start: " + e.getCause(), e);
    } catch (TimeoutException _) {
      LOG.info("the index is being brought up to the table");
    }
  }

  @Override
  public void stop() {
    ScheduledExecutorService stopped = thread;
    thread = null;
    if (stopped == null) {
      return;
    }
    stopped.shutdownNow();
    try {
      if (!stopped.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("the index did not stop in time");
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return;
    }
    ready = false;
    VectorIndex open = index;
    index = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.warn("the index was not closed well; it reads the table again", e);
      }
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  /// Before jobs and requests, and longer than they.
  @Override
  public int getPhase() {
    return 0;
  }

  /// One look at the table. A failure is told, and tried again at the next look.
  private void step() {
    try {
      VectorIndex open = opened();
      catchUp(open);
      if (!compared) {
        compare(open);
      }
      ready = true;
      if (System.nanoTime() - committedAt > COMMIT_EVERY.toNanos()) {
        open.commit();
        committedAt = System.nanoTime();
      }
      if (System.nanoTime() - purgedAt > PURGE_EVERY.toNanos()) {
        purgedAt = System.nanoTime();
        feed.purge();
      }
    } catch (IOException | UncheckedIOException | AlreadyClosedException e) {
      LOG.error("the index failed; it is opened again", e);
      reset();
    } catch (DataAccessException e) {
      LOG.warn("the table of embeddings cannot be read: {}", e.getMessage());
    }
  }

  private VectorIndex opened() throws IOException {
    VectorIndex open = index;
    if (open == null) {
      open = VectorIndex.open(folder);
      index = open;
      drained = false;
      compared = false;
    }
    return open;
  }

  private void reset() {
    ready = false;
    VectorIndex failed = index;
    index = null;
    if (failed != null) {
      try {
        failed.abandon();
      } catch (IOException | AlreadyClosedException e) {
        LOG.warn("the failed index was not closed well", e);
      }
    }
  }

  private void catchUp(VectorIndex open) throws IOException {
    Clock clock = feed.clock();
    Cursor cursor = open.cursor();
    boolean missed = cursor.version() < clock.horizon() && !cursor.equals(Cursor.START);
    if (cursor.version() > clock.version() || missed) {
      LOG.warn("the index is at {}, the table at {}; making it anew", cursor, clock);
      rebuild(open);
      return;
    }
    if (!drained || cursor.version() < clock.version()) {
      drain(open);
    }
  }

  private void rebuild(VectorIndex open) throws IOException {
    ready = false;
    open.clear();
    drain(open);
  }

  private void drain(VectorIndex open) throws IOException {
    drained = false;
    int pages = 0;
    for (List<Change> changes = feed.after(open.cursor());
        !changes.isEmpty();
        changes = feed.after(open.cursor())) {
      open.apply(changes);
      if (++pages % PAGES_BETWEEN_COMMITS == 0) {
        open.commit();
      }
      if (Thread.currentThread().isInterrupted()) {
        return; // the server stops; the rest is read at the next start
      }
    }
    open.refresh();
    drained = true;
  }

  /// Compares index and table, once after the index was opened.
  private void compare(VectorIndex open) throws IOException {
    Clock before = feed.clock();
    var table = feed.sum();
    boolean still = feed.clock().equals(before) && open.cursor().version() == before.version();
    if (!still) {
      return; // others write just now; compared at the next look
    }
    var found = open.sum();
    if (!found.equals(table)) {
      LOG.warn("the index has {}, the table {}; making it anew", found, table);
      rebuild(open);
    }
    compared = true;
  }
}
