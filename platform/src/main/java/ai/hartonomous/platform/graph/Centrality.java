package ai.hartonomous.platform.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How central a feature is.
///
/// @param feature the feature
/// @param inEdges edges that end in it
/// @param outEdges edges that begin in it
/// @param inStrength sum of the absolute strengths of the former
/// @param outStrength sum of the absolute strengths of the latter
/// @param netStrength sum of the signed strengths of the former
/// @param pageRank its PageRank; all together are 1
public record Centrality(
    Feature feature,
    int inEdges,
    int outEdges,
    double inStrength,
    double outStrength,
    double netStrength,
    double pageRank) {

  private static final double DAMPING = 0.85;
  private static final double CLOSE_ENOUGH = 1e-9;
  private static final int MOST_ROUNDS = 200;

  /// {@return the features of a graph, those with the highest PageRank first, then by id}
  ///
  /// With `N` features, `w(u,v)` the absolute strength and `W(u)` the sum of all that leave `u`:
  /// `p(v) = 0.15 / N + 0.85 (Σ_u p(u) w(u,v) / W(u) + D / N)`, where `D` is what the features
  /// without leaving edges hold; repeated until all together change by less than 1e-9, at most 200
  /// times. A feature ranks high that strong influences of high features end in. Source: Page,
  /// Brin, Motwani and Winograd, "The PageRank Citation Ranking", 1999; weights as in Xing and
  /// Ghorbani, 2004.
  ///
  /// @param graph features, and edges between them
  static List<Centrality> of(Subgraph graph) {
    List<Feature> features = graph.features();
    Map<String, Integer> numbers = HashMap.newHashMap(features.size());
    for (int v = 0; v < features.size(); v++) {
      numbers.put(features.get(v).id(), v);
    }
    var edges = new Edges(graph.influences(), numbers);
    double[] ranks = ranks(edges, features.size());
    List<Centrality> all = new ArrayList<>();
    for (int v = 0; v < features.size(); v++) {
      all.add(
          new Centrality(
              features.get(v),
              edges.inEdges[v],
              edges.outEdges[v],
              edges.inStrength[v],
              edges.outStrength[v],
              edges.netStrength[v],
              ranks[v]));
    }
    all.sort(
        Comparator.comparingDouble((Centrality it) -> -it.pageRank)
            .thenComparing(it -> it.feature.id()));
    return all;
  }

  private static double[] ranks(Edges edges, int features) {
    double[] ranks = new double[features];
    Arrays.fill(ranks, 1.0 / features);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      double[] next = edges.flow(ranks);
      double change = 0;
      for (int v = 0; v < features; v++) {
        change += Math.abs(next[v] - ranks[v]);
      }
      ranks = next;
      if (change < CLOSE_ENOUGH) {
        break;
      }
    }
    return ranks;
  }

  /// Edges as arrays, with what they sum up to.
  private static final class Edges {

    private final int[] sources;
    private final int[] targets;
    private final double[] weights;
    private final int[] inEdges;
    private final int[] outEdges;
    private final double[] inStrength;
    private final double[] outStrength;
    private final double[] netStrength;

    Edges(List<Influence> influences, Map<String, Integer> numbers) {
      int features = numbers.size();
      sources = new int[influences.size()];
      targets = new int[influences.size()];
      weights = new double[influences.size()];
      inEdges = new int[features];
      outEdges = new int[features];
      inStrength = new double[features];
      outStrength = new double[features];
      netStrength = new double[features];
      for (int e = 0; e < weights.length; e++) {
        Influence influence = influences.get(e);
        sources[e] = numbers.getOrDefault(influence.sourceId(), 0);
        targets[e] = numbers.getOrDefault(influence.targetId(), 0);
        weights[e] = Math.abs(influence.strength());
        outEdges[sources[e]]++;
        inEdges[targets[e]]++;
        outStrength[sources[e]] += weights[e];
        inStrength[targets[e]] += weights[e];
        netStrength[targets[e]] += influence.strength();
      }
    }

    /// One round of PageRank.
    double[] flow(double[] ranks) {
      int features = ranks.length;
      double stuck = 0;
      for (int v = 0; v < features; v++) {
        stuck += outStrength[v] > 0 ? 0 : ranks[v];
      }
      double[] next = new double[features];
      Arrays.fill(next, (1 - DAMPING + DAMPING * stuck) / features);
      for (int e = 0; e < weights.length; e++) {
        if (weights[e] > 0) {
          int from = sources[e];
          next[targets[e]] += DAMPING * ranks[from] * weights[e] / outStrength[from];
        }
      }
      return next;
    }
  }
}
