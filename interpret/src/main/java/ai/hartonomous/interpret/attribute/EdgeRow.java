package ai.hartonomous.interpret.attribute;

import java.util.EnumMap;
import java.util.Map;

/// The edges into one target: the largest ones one by one, all of them in sums.
///
/// @param target number of the target's node
/// @param value what the edges must add up to: the target's value less its own bias
/// @param signedSum sum of all edges
/// @param absolute sum of the absolute edges from every kind of node that has any
/// @param sources numbers of the source nodes of the edges that were kept, rising
/// @param weights those edges
public record EdgeRow(
    int target,
    double value,
    double signedSum,
    Map<NodeKind, Double> absolute,
    int[] sources,
    float[] weights) {

  /// Keeps the largest of some edges.
  ///
  /// @param target number of the target's node
  /// @param value what the edges must add up to
  /// @param edges edges from all nodes
  /// @param offset where they begin in the array; there is one for each node
  /// @param most how many to keep; 0 keeps all that are not 0
  /// @param nodes the nodes
  /// @return the row
  static EdgeRow of(
      int target, double value, float[] edges, int offset, int most, NodeIndex nodes) {
    int size = nodes.size();
    Map<NodeKind, Double> absolute = absoluteSums(edges, offset, nodes);
    double signed = 0;
    int present = 0;
    for (int s = 0; s < size; s++) {
      present += edges[offset + s] == 0 ? 0 : 1;
      signed += edges[offset + s];
    }
    int kept = most == 0 ? present : Math.min(present, most);
    float bound = kept == present ? 0 : smallestKept(edges, offset, size, kept);
    int[] sources = new int[kept];
    float[] weights = new float[kept];
    int equals = kept;
    for (int s = 0; s < size; s++) {
      equals -= Math.abs(edges[offset + s]) > bound ? 1 : 0;
    }
    int n = 0;
    for (int s = 0; s < size && n < kept; s++) {
      float strength = Math.abs(edges[offset + s]);
      if (strength > bound || (strength == bound && bound > 0 && equals-- > 0)) {
        sources[n] = s;
        weights[n++] = edges[offset + s];
      }
    }
    return new EdgeRow(target, value, signed, absolute, sources, weights);
  }

  private static Map<NodeKind, Double> absoluteSums(float[] edges, int offset, NodeIndex nodes) {
    Map<NodeKind, Double> sums = new EnumMap<>(NodeKind.class);
    int from = 0;
    while (from < nodes.size()) {
      NodeKind kind = nodes.kind(from);
      double sum = 0;
      int to = from;
      for (; to < nodes.size() && nodes.kind(to) == kind; to++) {
        sum += Math.abs(edges[offset + to]);
      }
      if (sum > 0) {
        sums.merge(kind, sum, Double::sum);
      }
      from = to;
    }
    return sums;
  }

  private static float smallestKept(float[] edges, int offset, int size, int kept) {
    float[] strengths = new float[size];
    for (int s = 0; s < size; s++) {
      strengths[s] = Math.abs(edges[offset + s]);
    }
    return select(strengths, size - kept);
  }

  /// {@return the number that would stand at `place` if `x` were sorted; `x` is rearranged}
  ///
  /// Source: Hoare, "Algorithm 65: find", 1961, with the middle element as pivot.
  static float select(float[] x, int place) {
    int low = 0;
    int high = x.length - 1;
    while (low < high) {
      float pivot = x[(low + high) >>> 1];
      int i = low;
      int j = high;
      while (i <= j) {
        while (x[i] < pivot) {
          i++;
        }
        while (x[j] > pivot) {
          j--;
        }
        if (i <= j) {
          float swapped = x[i];
          x[i++] = x[j];
          x[j--] = swapped;
        }
      }
      if (place <= j) {
        high = j;
      } else if (place >= i) {
        low = i;
      } else {
        return x[place];
      }
    }
    return x[place];
  }

  /// {@return sum of all absolute edges}
  public double absoluteSum() {
    double sum = 0;
    for (double part : absolute.values()) {
      sum += part;
    }
    return sum;
  }

  /// {@return sum of the absolute edges that were kept one by one}
  public double listedSum() {
    double sum = 0;
    for (float weight : weights) {
      sum += Math.abs(weight);
    }
    return sum;
  }

  /// {@return how far the edges are from adding up, as a positive number}
  public double gap() {
    return Math.abs(value - signedSum);
  }

  /// {@return the gap relative to the value, or to a hundredth of the absolute sum where the edges
  /// cancel to less than that: single precision cannot tell such a value from its rounding}
  public double relativeGap() {
    return gap() / Math.max(Math.abs(value), absoluteSum() / 100);
  }
}
