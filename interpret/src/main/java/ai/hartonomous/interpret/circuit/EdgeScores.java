package ai.hartonomous.interpret.circuit;

/// Scores of all edges, of sources, and of neurons where the method gives them.
///
/// @param method how they were found
/// @param items scores of every item, `[items, edges]`: by how much the item's metric falls when
///   the edge alone is corrupted; random scores are of one item
/// @param sources the mean score of corrupting all that a source writes at once, `[sources]`. For
///   methods with slopes it is the sum over its edges, for exact patching a measurement of its own;
///   empty for random scores
/// @param neurons for each layer the mean score of each neuron, `[layers, N]`; no layers where the
///   method gives none
public record EdgeScores(Method method, float[][] items, double[] sources, double[][] neurons) {

  /// {@return the mean over all items, `[edges]`}
  public double[] mean() {
    int[] all = new int[items.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    return mean(all);
  }

  /// {@return the mean over some items, `[edges]`}
  ///
  /// @param chosen numbers of items; one may come several times
  public double[] mean(int[] chosen) {
    double[] mean = new double[items[0].length];
    for (int item : chosen) {
      for (int e = 0; e < mean.length; e++) {
        mean[e] += items[item][e];
      }
    }
    for (int e = 0; e < mean.length; e++) {
      mean[e] /= chosen.length;
    }
    return mean;
  }

  /// {@return for each source the sum of the scores of its edges}
  ///
  /// @param graph the graph
  /// @param scores mean scores of the edges
  public static double[] sums(CircuitGraph graph, double[] scores) {
    double[] sums = new double[graph.sources().size()];
    for (int e = 0; e < scores.length; e++) {
      sums[graph.sourceOf(e)] += scores[e];
    }
    return sums;
  }
}
