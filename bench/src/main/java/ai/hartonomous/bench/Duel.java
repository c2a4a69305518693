package ai.hartonomous.bench;

import ai.hartonomous.bench.peer.PeerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Measures contenders in turns, A B A B, so that whatever else the machine does meets all of them
/// alike.
///
/// @param warmUps turns of each before the first round
/// @param budget ends the rounds when it is used up
/// @param leastRounds rounds to run even if the budget is used up
record Duel(int warmUps, Duration budget, int leastRounds) {
  private static final int MOST_ROUNDS = 200;

  /// Threads that spin while they wait for work are asleep after this; OpenBLAS's spin for 2^26
  /// cycles, and would otherwise hold a core during our turn.
  private static final Duration REST = Duration.ofMillis(60);

  /// Warms up, checks that all agree, and measures.
  ///
  /// @param entry us first, then the peers
  /// @return durations in the same order
  /// @throws PeerException if a peer fails or does not agree
  /// @throws InterruptedException if interrupted between turns
  List<Timings> run(Contest.Entry entry) throws PeerException, InterruptedException {
    List<Contender> all = new ArrayList<>();
    all.add(entry.ours());
    entry.rivals().forEach(rival -> all.add(rival.contender()));
    for (Contender contender : all) {
      for (int w = 0; w < warmUps; w++) {
        contender.turn();
      }
    }
    check(entry);
    return measure(all);
  }

  private List<Timings> measure(List<Contender> all) throws PeerException, InterruptedException {
    List<double[]> rounds = new ArrayList<>();
    long end = System.nanoTime() + budget.toNanos();
    while (rounds.size() < leastRounds
        || (rounds.size() < MOST_ROUNDS && System.nanoTime() < end)) {
      double[] seconds = new double[all.size()];
      for (int i = 0; i < all.size(); i++) {
        // Every second round runs backwards, so that nobody always follows the same one.
        int c = rounds.size() % 2 == 0 ? i : all.size() - 1 - i;
        Thread.sleep(REST);
        long start = System.nanoTime();
        all.get(c).turn();
        seconds[c] = (System.nanoTime() - start) * 1e-9;
      }
      rounds.add(seconds);
    }
    List<Timings> timings = new ArrayList<>();
    for (int c = 0; c < all.size(); c++) {
      int contender = c;
      timings.add(new Timings(rounds.stream().mapToDouble(r -> r[contender]).toArray()));
    }
    return timings;
  }

  private static void check(Contest.Entry entry) throws PeerException {
    float[][] ours = entry.ours().samples();
    for (Rival rival : entry.rivals()) {
      float[][] theirs = rival.contender().samples();
      double difference = difference(ours, theirs);
      // Written so that NaN fails too.
      if (!(difference <= rival.tolerance())) {
        throw new PeerException(
            "%s does not agree with us: relative difference %.2g, allowed %.2g"
                .formatted(rival.contender().name(), difference, rival.tolerance()));
      }
    }
  }

  /// {@return the largest difference in any tensor, divided by that tensor's largest number; not a
  /// number if one is found anywhere or the extents differ}
  static double difference(float[][] expected, float[][] found) {
    if (expected.length != found.length) {
      return Double.NaN;
    }
    double largest = 0;
    for (int t = 0; t < expected.length; t++) {
      largest = Math.max(largest, difference(expected[t], found[t]));
    }
    return largest;
  }

  private static double difference(float[] expected, float[] found) {
    if (expected.length != found.length || expected.length == 0) {
      return Double.NaN;
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) expected[i] - found[i]));
    }
    return difference / largest;
  }
}
