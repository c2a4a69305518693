package ai.hartonomous.platform.inference;

import ai.hartonomous.tensor.Kernels;
import jakarta.annotation.PreDestroy;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;

/// The one processor on which vectors of texts are computed, so that answers go on beside it. Who
/// waits longest is next.
@Component
class Turns {

  private final Kernels kernels = Kernels.of(1);
  private final ReentrantLock computing = new ReentrantLock(true);

  @PreDestroy
  void stop() {
    kernels.close();
  }

  /// {@return what computes, for whoever has the turn}
  Kernels kernels() {
    return kernels;
  }

  /// Waits for a turn.
  ///
  /// @throws InterruptedException if the thread is interrupted; it has no turn then
  void begin() throws InterruptedException {
    computing.lockInterruptibly();
  }

  /// Lets those go first who wait. The thread has its next turn when this returns, even if it was
  /// interrupted.
  void pass() {
    computing.unlock();
    computing.lock();
  }

  /// {@return whether somebody waits for a turn}
  boolean areWanted() {
    return computing.hasQueuedThreads();
  }

  /// Ends the turn.
  void end() {
    computing.unlock();
  }
}
