package ai.hartonomous.interpret.transcoder.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Divides coders among threads: as many coders at once as there are threads, and the threads that
/// are left over compute within a coder. Coder `i` always goes to worker `i mod workers`.
final class Workers implements AutoCloseable {
  private final List<Tools> tools = new ArrayList<>();
  private final ExecutorService executor;
  private final int coders;

  Workers(int threads, int coders) {
    this.coders = coders;
    int workers = Math.min(threads, coders);
    for (int w = 0; w < workers; w++) {
      tools.add(Tools.of(threads / workers));
    }
    executor =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().daemon().name("coder-", 0).factory());
  }

  /// {@return tools for the caller while no work runs}
  Tools first() {
    return tools.getFirst();
  }

  /// Work on one coder.
  interface Work {
    /// Does it.
    void on(int coder, Tools tools);
  }

  /// Does the work on every coder and waits for all, also when interrupted meanwhile; the
  /// interruption is passed on.
  void each(Work work) {
    if (tools.size() == 1) {
      share(0, work);
      return;
    }
    List<Future<?>> shares = new ArrayList<>();
    for (int w = 0; w < tools.size(); w++) {
      int worker = w;
      shares.add(executor.submit(() -> share(worker, work)));
    }
    boolean interrupted = false;
    for (Future<?> share : shares) {
      while (!await(share)) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void share(int worker, Work work) {
    for (int i = worker; i < coders; i += tools.size()) {
      work.on(i, tools.get(worker));
    }
  }

  /// {@return whether the share has ended; false if the thread was interrupted before}
  private static boolean await(Future<?> share) {
    try {
      share.get();
      return true;
    } catch (InterruptedException _) {
      return false;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    executor.shutdown();
    tools.forEach(Tools::close);
  }
}
