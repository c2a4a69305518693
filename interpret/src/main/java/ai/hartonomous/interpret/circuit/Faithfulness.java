package ai.hartonomous.interpret.circuit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How faithful circuits of growing size are to the whole model.
///
/// With `m` the mean metric over items, `f(k) = (m(circuit of k edges) - m(no edges)) / (m(whole
/// model) - m(no edges))`. CPR, the circuit performance ratio, is the area under `f` over the share
/// of edges, by trapezoids between the ten shares, on a linear axis; CMD, the circuit-model
/// distance, the area of `|1 - f|`. A perfect circuit has CPR 1 and CMD 0, but CPR has no upper
/// bound: a circuit without harmful edges is better than the whole model.
///
/// Source: Mueller et al., "MIB: A Mechanistic Interpretability Benchmark", 2025, arXiv:2504.13151,
/// and its code (`evaluate_area_under_curve`): counts of edges are rounded down, and the area
/// begins at the first share, not at 0.
///
/// @param points one for each share
/// @param cpr area under `f`
/// @param cmd area of `|1 - f|`
public record Faithfulness(List<Point> points, double cpr, double cmd) {

  /// Shares of all edges that circuits have.
  public static final List<Double> SHARES =
      List.of(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0);

  /// One circuit.
  ///
  /// @param share of all edges, before pruning
  /// @param taken edges before pruning, rounded down
  /// @param edges edges left after pruning
  /// @param f faithfulness
  public record Point(double share, int taken, int edges, double f) {}

  /// The metric of items in a series of circuits.
  ///
  /// @param whole for each item, the whole model's
  /// @param none for each item, that of the circuit without edges
  /// @param circuits for each share and item
  /// @param edges for each share, edges after pruning
  public record Measured(double[] whole, double[] none, List<double[]> circuits, int[] edges) {

    /// {@return faithfulness over some of the items}
    ///
    /// @param chosen numbers of items; one may come several times
    /// @param allEdges edges of the graph
    /// @throws IllegalArgumentException if the whole model and none of it are equally good
    public Faithfulness over(int[] chosen, int allEdges) {
      double bottom = mean(none, chosen);
      double range = mean(whole, chosen) - bottom;
      if (range == 0) {
        throw new IllegalArgumentException(
            "the metric is the same with all edges and with none; nothing to be faithful to");
      }
      double[] f = new double[circuits.size()];
      for (int k = 0; k < f.length; k++) {
        f[k] = (mean(circuits.get(k), chosen) - bottom) / range;
      }
      return of(f, edges, allEdges);
    }

    /// {@return faithfulness over all items}
    ///
    /// @param allEdges edges of the graph
    public Faithfulness over(int allEdges) {
      int[] all = new int[whole.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = i;
      }
      return over(all, allEdges);
    }

    private static double mean(double[] values, int[] chosen) {
      double sum = 0;
      for (int i : chosen) {
        sum += values[i];
      }
      return sum / chosen.length;
    }
  }

  /// {@return the areas of a curve}
  ///
  /// @param f faithfulness at each of {@link #SHARES}
  /// @param edges edges after pruning at each
  /// @param allEdges edges of the graph
  static Faithfulness of(double[] f, int[] edges, int allEdges) {
    List<Point> points = new ArrayList<>();
    double cpr = 0;
    double cmd = 0;
    for (int k = 0; k < f.length; k++) {
      double share = SHARES.get(k);
      points.add(new Point(share, taken(share, allEdges), edges[k], f[k]));
      if (k > 0) {
        double width = share - SHARES.get(k - 1);
        cpr += width * (f[k - 1] + f[k]) / 2;
        cmd += width * (Math.abs(1 - f[k - 1]) + Math.abs(1 - f[k])) / 2;
      }
    }
    return new Faithfulness(List.copyOf(points), cpr, cmd);
  }

  /// {@return edges that a share of all comes to, rounded down}
  ///
  /// @param share of all edges
  /// @param allEdges edges of the graph
  public static int taken(double share, int allEdges) {
    return (int) (share * allEdges);
  }

  /// Runs the circuits that scores choose.
  ///
  /// @param runs runs the model
  /// @param items the items
  /// @param scores one for each edge
  /// @param selection how edges are chosen
  /// @param progress told after each circuit
  /// @return what came out
  /// @throws InterruptedException if the thread is interrupted
  public static Measured measure(
      CircuitRuns runs,
      List<ContrastItem> items,
      double[] scores,
      Selection selection,
      Progress progress)
      throws InterruptedException {
    CircuitGraph graph = runs.graph();
    List<boolean[]> circuits = new ArrayList<>();
    int[] edges = new int[SHARES.size()];
    for (int k = 0; k < edges.length; k++) {
      boolean[] inside = selection.choose(graph, scores, taken(SHARES.get(k), graph.edges()));
      circuits.add(inside);
      edges[k] = count(inside);
    }
    circuits.add(new boolean[graph.edges()]);
    List<double[]> values = runs.circuits(items, circuits, progress);
    double[] none = values.getLast();
    return new Measured(runs.whole(items), none, values.subList(0, edges.length), edges);
  }

  private static int count(boolean[] inside) {
    int count = 0;
    for (boolean in : inside) {
      count += in ? 1 : 0;
    }
    return count;
  }

  /// {@return the first point that reaches a faithfulness}
  ///
  /// @param f what to reach, such as 0.9
  public Optional<Point> firstToReach(double f) {
    return points.stream().filter(point -> point.f() >= f).findFirst();
  }
}
