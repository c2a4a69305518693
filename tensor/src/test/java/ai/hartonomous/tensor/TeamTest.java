package ai.hartonomous.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class TeamTest {

  @Test
  void runsEveryShareOnceForEveryTask() {
    try (Team team = new Team(4)) {
      var counts = new AtomicIntegerArray(4);

      for (int i = 0; i < 2000; i++) {
        team.run(100, 0, (share, shares) -> counts.addAndGet(share, shares));
      }

      for (int share = 0; share < 4; share++) {
        assertThat(counts.get(share)).isEqualTo(8000);
      }
    }
  }

  @Test
  void runsEveryPieceOnceWithAMemberOfItsOwn() {
    try (Team team = new Team(3)) {
      var counts = new AtomicIntegerArray(21);
      var busy = new AtomicIntegerArray(3);
      var clashes = new AtomicInteger();

      for (int i = 0; i < 2000; i++) {
        team.runInPieces(
            100,
            0,
            7,
            (share, shares, member) -> {
              clashes.addAndGet(busy.getAndSet(member, 1));
              counts.addAndGet(share, shares);
              busy.set(member, 0);
            });
      }

      assertThat(clashes).hasValue(0);
      for (int share = 0; share < 21; share++) {
        assertThat(counts.get(share)).isEqualTo(2000 * 21);
      }
    }
  }

  @Test
  void wakesThreadsThatFellAsleep() throws InterruptedException {
    try (Team team = neverAlone(3)) {
      for (int i = 0; i < 5; i++) {
        Thread.sleep(30);
        assertThat(membersThatMeet(team)).doesNotHaveDuplicates();
      }
    }
  }

  /// {@return a team that goes on sharing where members come late, as on a machine with other work}
  private static Team neverAlone(int threads) {
    return new Team(threads, 0);
  }

  /// {@return the threads of all members; each share waits until all have begun, so that nobody can
  /// do another one's}
  private static Thread[] membersThatMeet(Team team) {
    Thread[] seen = new Thread[team.threads()];
    var met = new CountDownLatch(seen.length);
    team.run(
        1,
        0,
        (share, _) -> {
          seen[share] = Thread.currentThread();
          met.countDown();
          try {
            met.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    return seen;
  }

  @Test
  void doesNotWaitForThreadsThatDoNotCome() throws InterruptedException {
    try (Team team = neverAlone(2)) {
      Thread worker = membersThatMeet(team)[1];
      Thread[] seen = new Thread[2];
      var held = new CountDownLatch(1);
      var holding = new CountDownLatch(1);
      // The worker is busy with a share; the caller goes on with all others.
      team.runInPieces(
          1,
          0,
          4,
          (share, _, member) -> {
            if (member == 1) {
              holding.countDown();
              awaitUnchecked(held);
            } else {
              seen[0] = Thread.currentThread();
              if (share == 0) {
                awaitUnchecked(holding);
              }
              if (share == 7) {
                seen[1] = Thread.currentThread();
                held.countDown();
              }
            }
          });

      assertThat(seen[1]).isSameAs(Thread.currentThread()).isNotSameAs(worker);
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void worksAloneForAWhileAfterAMemberWasLate() {
    try (Team team = new Team(2, Long.MAX_VALUE / 2)) {
      var begun = new CountDownLatch(1);
      long start = System.nanoTime();
      team.run(
          1,
          0,
          (share, _) -> {
            if (share == 0) {
              awaitUnchecked(begun);
            } else {
              begun.countDown();
              long own = System.nanoTime() - start; // of the caller, so far
              LockSupport.parkNanos(2 * own + 5_000_000);
            }
          });
      Thread[] seen = new Thread[2];
      team.run(1, 0, (share, _) -> seen[share] = Thread.currentThread());

      assertThat(seen).containsOnly(Thread.currentThread());
    }
  }

  @Test
  void doesSmallWorkOnTheCallingThread() {
    try (Team team = new Team(2)) {
      Thread[] seen = new Thread[1];

      team.run(9, 10, (_, shares) -> seen[shares - 1] = Thread.currentThread());

      assertThat(seen[0]).isSameAs(Thread.currentThread());
    }
  }

  @Test
  void throwsWhatAShareThrewAndGoesOn() {
    try (Team team = new Team(2)) {
      var counts = new AtomicIntegerArray(2);

      for (int failing : new int[] {0, 1}) {
        assertThatThrownBy(
                () ->
                    team.run(
                        1,
                        0,
                        (share, _) -> {
                          if (share == failing) {
                            throw new ArithmeticException("share " + share);
                          }
                        }))
            .isInstanceOf(ArithmeticException.class)
            .hasMessage("share " + failing);
      }
      team.run(1, 0, (share, _) -> counts.incrementAndGet(share));

      assertThat(counts.get(0) + counts.get(1)).isEqualTo(2);
    }
  }

  @Test
  void burnsNoTimeWhileIdle() throws InterruptedException {
    var threads = ManagementFactory.getThreadMXBean();
    try (Team team = neverAlone(2)) {
      long id = membersThatMeet(team)[1].threadId();
      Thread.sleep(100);
      long before = threads.getThreadCpuTime(id);

      Thread.sleep(300);

      // Spinning would take 300 ms; asleep it takes nothing.
      assertThat(threads.getThreadCpuTime(id) - before).isLessThan(20_000_000);
    }
  }

  @Test
  void endsItsThreads() throws InterruptedException {
    Thread[] member;
    try (Team team = neverAlone(2)) {
      member = membersThatMeet(team);
    }

    member[1].join(5000);

    assertThat(member[1].isAlive()).isFalse();
  }
}
