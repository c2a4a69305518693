package ai.hartonomous.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicIntegerArray;
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
  void wakesThreadsThatFellAsleep() throws InterruptedException {
    try (Team team = new Team(3)) {
      var counts = new AtomicIntegerArray(3);
      for (int i = 0; i < 5; i++) {
        Thread.sleep(30);
        team.run(100, 0, (share, _) -> counts.incrementAndGet(share));
      }

      assertThat(counts.get(1)).isEqualTo(5);
      assertThat(counts.get(2)).isEqualTo(5);
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
    try (Team team = new Team(2)) {
      long[] id = new long[2];
      team.run(1, 0, (share, _) -> id[share] = Thread.currentThread().threadId());
      Thread.sleep(100);
      long before = threads.getThreadCpuTime(id[1]);

      Thread.sleep(300);

      // Spinning would take 300 ms; asleep it takes nothing.
      assertThat(threads.getThreadCpuTime(id[1]) - before).isLessThan(20_000_000);
    }
  }

  @Test
  void endsItsThreads() throws InterruptedException {
    Thread[] member = new Thread[2];
    try (Team team = new Team(2)) {
      team.run(1, 0, (share, _) -> member[share] = Thread.currentThread());
    }

    member[1].join(5000);

    assertThat(member[1].isAlive()).isFalse();
  }
}
