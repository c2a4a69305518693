package ai.hartonomous.interpret.circuit;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// How well scores tell the edges of a known circuit from the others.
public final class Recovery {
  private Recovery() {}

  /// The area under the receiver operating characteristic: the probability that an edge of the
  /// circuit scores higher than another edge, equal scores counting half (Mann and Whitney).
  ///
  /// @param scores one for each edge; their distance from 0 counts
  /// @param truth for each edge whether it belongs to the circuit
  /// @return from 0 to 1; 0.5 is chance
  /// @throws IllegalArgumentException if all edges belong to the circuit, or none
  public static double auroc(double[] scores, boolean[] truth) {
    Integer[] order = IntStream.range(0, scores.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(e -> Math.abs(scores[e])));
    double ranks = 0;
    long members = 0;
    int from = 0;
    while (from < order.length) {
      int to = from;
      while (to < order.length && Math.abs(scores[order[to]]) == Math.abs(scores[order[from]])) {
        to++;
      }
      for (int i = from; i < to; i++) {
        if (truth[order[i]]) {
          ranks += (from + 1 + to) / 2.0; // the mean of the ranks from + 1 to `to`
          members++;
        }
      }
      from = to;
    }
    long others = scores.length - members;
    if (members == 0 || others == 0) {
      throw new IllegalArgumentException("no edge to tell from another");
    }
    return (ranks - members * (members + 1) / 2.0) / ((double) members * others);
  }
}
