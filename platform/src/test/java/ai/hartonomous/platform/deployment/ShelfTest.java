package ai.hartonomous.platform.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShelfTest {

  private static final Problem BUSY = Problem.of(503, "busy", "All is in use.");

  private final ConcurrentLinkedQueue<String> gone = new ConcurrentLinkedQueue<>();

  private Shelf<Integer, String> shelf(long bytes, int things) {
    return new Shelf<>(new Shelf.Limits<>(bytes, things, ShelfTest::tooLarge, BUSY), gone::add);
  }

  private static ProblemException tooLarge(int id, long size, long most) {
    return Problem.unprocessable("too-large", "%d: %d of %d".formatted(id, size, most));
  }

  /// Reads a text.
  private interface Text {

    String read() throws IOException;
  }

  private record Sized(long sizeBytes, Text text) implements Shelf.Reader<String> {

    @Override
    public String read() throws IOException {
      return text.read();
    }
  }

  private static Sized text(long size, String text) {
    return new Sized(size, () -> text);
  }

  private static Sized unread(long size) {
    return new Sized(
        size,
        () -> {
          throw new AssertionError("is there already");
        });
  }

  private static void put(Shelf<Integer, String> shelf, int id, long size) throws IOException {
    shelf.lease(id, text(size, "thing " + id)).close();
  }

  private static void assertProblem(ThrowingCallable call, int status, String detail) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().status()).isEqualTo(status);
              assertThat(e.problem().detail()).isEqualTo(detail);
            });
  }

  @Test
  void readsOnceForManyWhileOthersGoOn() throws Exception {
    Shelf<Integer, String> shelf = shelf(30, 10);
    var reads = new AtomicInteger();
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    Shelf.Reader<String> slow =
        new Sized(
            10,
            () -> {
              int number = reads.incrementAndGet();
              begun.countDown();
              pass(gate);
              return "reading " + number;
            });
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Shelf<Integer, String>.Lease>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(executor.submit(() -> shelf.lease(1, slow)));
      }
      begun.await();

      put(shelf, 2, 20); // returns though the other is being read
      assertThat(shelf.bytes()).isEqualTo(30);
      assertThat(all).noneMatch(Future::isDone);

      gate.countDown();
      String first = all.getFirst().get().thing();
      for (Future<Shelf<Integer, String>.Lease> each : all) {
        assertThat(each.get().thing()).isSameAs(first);
      }
    }
    assertThat(reads).hasValue(1);
    assertThat(shelf.state(1)).isEqualTo(new Shelf.State(true, 20, 10));
  }

  private static void pass(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatCannotBeReadFailsForAllWhoWaitAndGivesItsBytesBack() throws Exception {
    Shelf<Integer, String> shelf = shelf(10, 10);
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    Shelf.Reader<String> failing =
        new Sized(
            10,
            () -> {
              begun.countDown();
              pass(gate);
              throw new IOException("no such file");
            });
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> reading = executor.submit(() -> shelf.lease(1, failing));
      begun.await();
      Future<?> waiting = executor.submit(() -> shelf.lease(1, unread(10)));
      while (shelf.state(1).leases() < 2) {
        Thread.sleep(1);
      }

      gate.countDown();

      for (Future<?> each : List.of(reading, waiting)) {
        assertThatThrownBy(each::get)
            .cause()
            .isInstanceOf(IOException.class)
            .hasMessage("no such file");
      }
    }
    assertThat(shelf.bytes()).isZero();
    assertThat(shelf.ids()).isEmpty();
    put(shelf, 2, 10);
    put(shelf, 1, 10); // is read again
    assertThat(shelf.ids()).containsExactly(1);
  }

  @Test
  void whatIsLeasedNeverGoes() throws Exception {
    Shelf<Integer, String> shelf = shelf(30, 10);
    var first = shelf.lease(1, text(10, "first"));
    put(shelf, 2, 10);
    put(shelf, 3, 10);
    put(shelf, 2, 10); // asked again

    put(shelf, 4, 10);
    assertThat(shelf.ids()).containsExactly(1, 2, 4);
    assertProblem(() -> put(shelf, 5, 21), 503, "All is in use.");
    assertThat(shelf.ids()).as("nothing went in vain").containsExactly(1, 2, 4);
    put(shelf, 5, 20);

    assertThat(shelf.ids()).containsExactly(1, 5);
    assertThat(gone).containsExactly("thing 3", "thing 2", "thing 4");
    assertThat(shelf.lease(1, unread(10)).thing()).isSameAs(first.thing());
    assertThat(shelf.bytes()).isEqualTo(30);
  }

  @Test
  void refusesWhatNeverFitsBeforeItIsReadAndAfter() throws Exception {
    Shelf<Integer, String> shelf = shelf(10, 10);
    put(shelf, 1, 10);

    assertProblem(() -> shelf.lease(2, unread(11)), 422, "2: 11 of 10");
    assertThat(shelf.ids()).containsExactly(1);
    assertProblem(() -> shelf.lease(2, larger(4, 12)), 422, "2: 12 of 10");

    assertThat(shelf.bytes()).isZero();
    shelf.lease(3, larger(4, 9)).close();
    assertThat(shelf.bytes()).isEqualTo(9);
  }

  private static Shelf.Reader<String> larger(long before, long after) {
    return new Shelf.Reader<>() {
      @Override
      public long sizeBytes() {
        return before;
      }

      @Override
      public String read() {
        return "large";
      }

      @Override
      public long sizeBytes(String thing, long aside) {
        assertThat(aside).isEqualTo(before);
        return after;
      }
    };
  }

  @Test
  void aLeaseCountsOnceAndItsCopyForItself() throws Exception {
    Shelf<Integer, String> shelf = shelf(10, 10);
    var lease = shelf.lease(1, text(10, "thing"));
    var again = lease.again();
    shelf.retire(1);

    lease.close();
    lease.close();
    assertThatThrownBy(lease::again).isInstanceOf(IllegalStateException.class);
    assertThat(shelf.bytes()).isEqualTo(10);
    again.close();

    assertThat(shelf.bytes()).isZero();
    assertThat(gone).containsExactly("thing");
  }

  @Test
  void whatIsDiscardedIsReadAgainThoughOthersLeaseIt() throws Exception {
    Shelf<Integer, String> shelf = shelf(10, 10);
    var useless = shelf.lease(1, text(10, "useless"));
    var other = shelf.lease(1, unread(10));

    useless.discard();

    assertThat(shelf.bytes()).isZero();
    try (var better = shelf.lease(1, text(10, "better"))) {
      other.close();
      assertThat(better.thing()).isEqualTo("better");
      assertThat(shelf.state(1)).isEqualTo(new Shelf.State(true, 1, 10));
    }
    assertThat(shelf.bytes()).isEqualTo(10);
  }

  /// Many threads ask for more than fits; what one of them holds stays open until it lets go.
  @Test
  void holdsItsLimitsWhateverIsAskedAtOnce() throws Exception {
    Shelf<Integer, Thing> shelf =
        new Shelf<>(
            new Shelf.Limits<>(100, 4, ShelfTest::tooLarge, BUSY), thing -> thing.open = false);
    Function<Integer, Integer> ask =
        seed -> {
          var random = new SplittableRandom(seed);
          int served = 0;
          for (int i = 0; i < 2_000; i++) {
            served += ask(shelf, random.nextInt(8), random.nextInt(10) == 0);
          }
          return served;
        };
    try (var executor = Executors.newFixedThreadPool(6)) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int seed = 0; seed < 6; seed++) {
        int own = seed;
        all.add(executor.submit(() -> ask.apply(own)));
      }
      for (Future<Integer> each : all) {
        assertThat(each.get()).isPositive();
      }
    }

    assertThat(shelf.bytes()).isEqualTo(25L * shelf.ids().size()).isLessThanOrEqualTo(100);
    shelf.ids().forEach(shelf::retire);
    assertThat(shelf.bytes()).as("no lease is left").isZero();
  }

  private static final class Thing {
    private volatile boolean open = true;
  }

  private record Things(boolean fails) implements Shelf.Reader<Thing> {

    @Override
    public long sizeBytes() {
      return 25;
    }

    @Override
    public Thing read() throws IOException {
      if (fails) {
        throw new IOException("no such file");
      }
      return new Thing();
    }
  }

  private static int ask(Shelf<Integer, Thing> shelf, int id, boolean fails) {
    try (var lease = shelf.lease(id, new Things(fails))) {
      LockSupport.parkNanos(1_000);
      assertThat(lease.thing().open).isTrue();
      assertThat(shelf.bytes()).isLessThanOrEqualTo(100);
      assertThat(shelf.ids()).hasSizeLessThanOrEqualTo(4);
      return 1;
    } catch (IOException | ProblemException _) {
      return 0;
    }
  }
}
