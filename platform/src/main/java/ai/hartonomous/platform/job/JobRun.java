package ai.hartonomous.platform.job;

import ai.hartonomous.platform.job.JobQueue.Claim;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A thread at work on a job, interrupted only while it works.
final class JobRun {

  /// What others want of the thread. What comes first counts.
  enum Wish {
    /// Nothing.
    GO_ON,
    /// To end the job.
    CANCEL,
    /// To let go of the job, so that it is started again later.
    PARK,
    /// To stop without a trace: the job belongs to somebody else.
    LOSE
  }

  private final Claim claim;
  private @Nullable Thread thread;
  private boolean ended;
  private Wish wish = Wish.GO_ON;

  JobRun(Claim claim) {
    this.claim = claim;
  }

  synchronized void start(Runnable work) {
    thread = Thread.ofPlatform().name("job-" + claim.lease().job()).start(work);
  }

  JobLease lease() {
    return claim.lease();
  }

  long memoryBytes() {
    return claim.memoryBytes();
  }

  synchronized Wish wish() {
    return wish;
  }

  /// Interrupts the work, unless it has ended or was interrupted before.
  synchronized void interrupt(Wish why) {
    if (!ended && wish == Wish.GO_ON && thread != null) {
      wish = why;
      thread.interrupt();
    }
  }

  /// Ends the time in which the calling thread may be interrupted.
  @SuppressWarnings("ThreadInterruptedClear") // what came too late must not hit the last words
  synchronized void end() {
    if (!ended) {
      ended = true;
      Thread.interrupted();
    }
  }

  /// {@return whether the thread has ended}
  ///
  /// @param most how long to wait for it
  boolean join(Duration most) throws InterruptedException {
    Thread running;
    synchronized (this) {
      running = thread;
    }
    return running == null || running.join(most);
  }
}
