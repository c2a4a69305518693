package ai.hartonomous.interpret.circuit;

import java.util.Arrays;
import java.util.Comparator;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/// Chooses the edges of a circuit by their scores. Equal scores go by the number of the edge.
///
/// @param order which scores are high
/// @param way how edges are taken
public record Selection(Order order, Way way) {

  /// Which scores are high.
  public enum Order {
    /// Large ones: edges that help the metric. CPR chooses so.
    SIGNED,
    /// Those far from 0: edges that matter either way. CMD chooses so.
    ABSOLUTE
  }

  /// How edges are taken.
  public enum Way {
    /// The `n` highest; then those go that are not on a path from input to logits.
    TOP,
    /// From the logits backwards, always the highest edge that ends in what is there already, `n`
    /// times; then those go that do not come from the input.
    GREEDY
  }

  /// {@return for each edge whether it is inside}
  ///
  /// @param graph the graph
  /// @param scores one for each edge
  /// @param count edges to take before pruning
  public boolean[] choose(CircuitGraph graph, double[] scores, int count) {
    double[] keys = scores.clone();
    for (int e = 0; e < keys.length; e++) {
      keys[e] = order == Order.ABSOLUTE ? Math.abs(keys[e]) : keys[e];
    }
    boolean[] inside =
        switch (way) {
          case TOP -> top(keys, count);
          case GREEDY -> greedy(graph, keys, count);
        };
    prune(graph, inside);
    return inside;
  }

  private static boolean[] top(double[] keys, int count) {
    boolean[] inside = new boolean[keys.length];
    ranked(keys).limit(count).forEach(e -> inside[e] = true);
    return inside;
  }

  private static IntStream ranked(double[] keys) {
    Comparator<Integer> byKey = Comparator.comparingDouble(e -> -keys[e]);
    return IntStream.range(0, keys.length).boxed().sorted(byKey).mapToInt(Integer::intValue);
  }

  private static boolean[] greedy(CircuitGraph graph, double[] keys, int count) {
    boolean[] inside = new boolean[keys.length];
    boolean[] reached = new boolean[graph.sources().size()];
    Comparator<Integer> byKey = Comparator.comparingDouble(e -> -keys[e]);
    var open = new PriorityQueue<Integer>(byKey.thenComparingInt(e -> e));
    addParents(graph, graph.slots().size() - 1, open);
    for (int taken = 0; taken < count && !open.isEmpty(); taken++) {
      int edge = open.remove();
      inside[edge] = true;
      int source = graph.sourceOf(edge);
      if (!reached[source]) {
        reached[source] = true;
        for (int v = 0; v < graph.slots().size(); v++) {
          if (graph.sourceFed(v).equals(OptionalInt.of(source))) {
            addParents(graph, v, open);
          }
        }
      }
    }
    return inside;
  }

  private static void addParents(CircuitGraph graph, int slot, PriorityQueue<Integer> open) {
    for (int u = 0; u < graph.parents(slot); u++) {
      open.add(graph.edge(u, slot));
    }
  }

  /// Takes out edges that are on no path from the input to the logits.
  static void prune(CircuitGraph graph, boolean[] inside) {
    int sources = graph.sources().size();
    boolean[] fromInput = new boolean[sources];
    boolean[] toLogits = new boolean[sources];
    fromInput[0] = true;
    int[] fed = new int[graph.slots().size()];
    Arrays.setAll(fed, v -> graph.sourceFed(v).orElse(-1));
    for (int e = 0; e < inside.length; e++) { // slots in the order of reading
      int target = fed[graph.slotOf(e)];
      if (inside[e] && target >= 0 && fromInput[graph.sourceOf(e)]) {
        fromInput[target] = true;
      }
    }
    for (int e = inside.length - 1; e >= 0; e--) {
      int target = fed[graph.slotOf(e)];
      if (inside[e] && (target < 0 || toLogits[target])) {
        toLogits[graph.sourceOf(e)] = true;
      }
    }
    for (int e = 0; e < inside.length; e++) {
      int target = fed[graph.slotOf(e)];
      inside[e] &= fromInput[graph.sourceOf(e)] && (target < 0 || toLogits[target]);
    }
  }

  /// {@return for each source whether an edge inside begins there}
  ///
  /// @param graph the graph
  /// @param inside for each edge whether it is inside
  public static boolean[] sources(CircuitGraph graph, boolean[] inside) {
    boolean[] sources = new boolean[graph.sources().size()];
    for (int e = 0; e < inside.length; e++) {
      sources[graph.sourceOf(e)] |= inside[e];
    }
    return sources;
  }
}
