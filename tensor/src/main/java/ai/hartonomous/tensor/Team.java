package ai.hartonomous.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A fixed team of threads that compute one task together, the caller among them as thread 0.
/// Between tasks the others spin for some milliseconds, since kernels follow each other closely,
/// and then sleep, so an idle team costs nothing. One caller at a time.
final class Team implements AutoCloseable {

  /// Work that is divided among threads. The division must be a function of the two numbers alone,
  /// so that results do not depend on the run.
  interface Task {
    /// Does one share.
    ///
    /// @param share number of this share, from 0
    /// @param shares number of shares
    void run(int share, int shares);
  }

  /// Looks of a caller at unfinished work before it yields; about 0.1 ms.
  private static final int CALLER_SPINS = 2_000;

  /// Yields of a caller before it naps. Long enough, as are the workers' spins, for the scheduler
  /// to see two runnable threads on a core where it woke both, and to move one: measured after a
  /// rest on a virtual machine, naps let them share the core for hundreds of tasks.
  private static final int CALLER_YIELDS = 20_000;

  /// Looks of a worker for the next task before it sleeps; about 5 ms, or 0.1 ms where there are
  /// more threads than cores and looking takes time from those that work.
  private static final int WORKER_SPINS = 100_000;

  private static final int CROWDED_SPINS = 2_000;

  private final Worker[] workers;
  private final int spins;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger callers = new AtomicInteger();
  private volatile @Nullable Task task;
  private final AtomicInteger epoch = new AtomicInteger();
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;

  /// Starts `threads - 1` threads.
  Team(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a team of %d threads".formatted(threads));
    }
    boolean crowded = threads > Runtime.getRuntime().availableProcessors();
    spins = crowded ? CROWDED_SPINS : WORKER_SPINS;
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  int threads() {
    return workers.length + 1;
  }

  /// Runs all shares and waits for them. What a share throws is thrown here, after all have ended.
  ///
  /// @param work size of the task in elementary operations; a small one is done by the caller alone
  /// @param alone size below which sharing costs more than it saves
  /// @param shared the task
  void run(long work, long alone, Task shared) {
    if (workers.length == 0 || work < alone) {
      shared.run(0, 1);
      return;
    }
    if (!callers.compareAndSet(0, 1)) {
      throw new IllegalStateException("kernels are used by two threads at once");
    }
    try {
      start(shared);
      shared.run(0, threads());
    } finally {
      await();
      callers.set(0);
    }
    rethrow();
  }

  private void start(Task shared) {
    if (closed) {
      throw new IllegalStateException("the kernels are closed");
    }
    failure = null;
    task = shared;
    running.set(workers.length);
    epoch.incrementAndGet();
    for (Worker worker : workers) {
      if (worker.asleep) {
        LockSupport.unpark(worker);
      }
    }
  }

  // Yielding is a courtesy to other processes where cores are shared; nothing depends on it.
  @SuppressWarnings("ThreadPriorityCheck")
  private void await() {
    for (int i = 0; running.get() > 0; i++) {
      if (i < CALLER_SPINS) {
        Thread.onSpinWait();
      } else if (i < CALLER_SPINS + CALLER_YIELDS) {
        Thread.yield();
      } else {
        LockSupport.parkNanos(this, 50_000);
      }
    }
    task = null;
  }

  private void rethrow() {
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  /// One thread of the team.
  private final class Worker extends Thread {

    private final int share;
    private volatile boolean asleep;

    Worker(int share) {
      super("tensor-" + share);
      this.share = share;
      setDaemon(true);
    }

    @Override
    public void run() {
      int seen = 0;
      while (awaitAfter(seen)) {
        seen++;
        work();
      }
    }

    private void work() {
      Task current = task;
      try {
        if (current != null) {
          current.run(share, threads());
        }
      } catch (RuntimeException | Error e) {
        failure = e;
      } finally {
        running.decrementAndGet();
      }
    }

    /// {@return whether there is a task after number `seen`; false once the team is closed}
    private boolean awaitAfter(int seen) {
      for (int i = 0; epoch.get() == seen; i++) {
        if (closed) {
          return false;
        }
        if (i < spins) {
          Thread.onSpinWait();
          continue;
        }
        asleep = true;
        if (epoch.get() == seen && !closed) {
          LockSupport.park(Team.this);
        }
        asleep = false;
      }
      return true;
    }
  }
}
