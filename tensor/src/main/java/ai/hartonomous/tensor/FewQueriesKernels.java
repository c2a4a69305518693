package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.SPECIES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.zero;

import jdk.incubator.vector.FloatVector;

/// Attention of a few queries, as in decoding with a cache: keys and values are read once, in
/// place.
final class FewQueriesKernels {

  /// Most queries for which packing keys and values does not pay.
  static final int MOST = 4;

  private FewQueriesKernels() {}

  /// `p[t, s] = x[t] · y[s]` for the keys that query `t` may read.
  static void dots(AttentionShape shape, int t, Matrix x, Matrix y, Matrix p) {
    int stride = y.rowStride();
    int last = shape.endKey(t) - 1;
    int at = x.rowOffset(t);
    float[] in = x.data();
    float[] keys = y.data();
    float[] sums = new float[4];
    int whole = y.cols() - y.cols() % LANES;
    for (int s = shape.firstKey(t); s <= last; s += 4) {
      int r0 = y.rowOffset(s);
      int r1 = r0 + Math.min(1, last - s) * stride;
      int r2 = r0 + Math.min(2, last - s) * stride;
      int r3 = r0 + Math.min(3, last - s) * stride;
      FloatVector a = zero(), b = zero(), c = zero(), d = zero();
      for (int k = 0; k < whole; k += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, in, at + k);
        a = v.fma(FloatVector.fromArray(SPECIES, keys, r0 + k), a);
        b = v.fma(FloatVector.fromArray(SPECIES, keys, r1 + k), b);
        c = v.fma(FloatVector.fromArray(SPECIES, keys, r2 + k), c);
        d = v.fma(FloatVector.fromArray(SPECIES, keys, r3 + k), d);
      }
      VectorMath.sums(a, b, c, d, sums, 0);
      for (int k = whole; k < y.cols(); k++) {
        sums[0] += in[at + k] * keys[r0 + k];
        sums[1] += in[at + k] * keys[r1 + k];
        sums[2] += in[at + k] * keys[r2 + k];
        sums[3] += in[at + k] * keys[r3 + k];
      }
      System.arraycopy(sums, 0, p.data(), p.rowOffset(t) + s, Math.min(4, last - s + 1));
    }
  }

  /// `z[t] = Σ_s p[t, s] y[s]` over the keys that query `t` may read.
  static void sum(AttentionShape shape, int t, Matrix weights, Matrix y, Matrix z) {
    int whole = y.cols() - y.cols() % LANES;
    for (int k = 0; k < whole; k += LANES) {
      sumOfVectors(shape, t, weights, y, k, z);
    }
    for (int k = whole; k < y.cols(); k++) {
      float sum = 0;
      for (int s = shape.firstKey(t); s < shape.endKey(t); s++) {
        sum += weights.data()[weights.rowOffset(t) + s] * y.data()[y.rowOffset(s) + k];
      }
      z.data()[z.rowOffset(t) + k] = sum;
    }
  }

  /// One vector of columns, from `k`.
  private static void sumOfVectors(
      AttentionShape shape, int t, Matrix weights, Matrix y, int k, Matrix z) {
    float[] p = weights.data();
    float[] values = y.data();
    int o = weights.rowOffset(t);
    int from = shape.firstKey(t);
    int to = shape.endKey(t);
    int stride = y.rowStride();
    FloatVector a = zero(), b = zero(), c = zero(), d = zero();
    int s = from;
    int row = y.rowOffset(from) + k;
    for (; s <= to - 4; s += 4, row += 4 * stride) {
      a = FloatVector.fromArray(SPECIES, values, row).fma(broadcast(p[o + s]), a);
      b = FloatVector.fromArray(SPECIES, values, row + stride).fma(broadcast(p[o + s + 1]), b);
      c = FloatVector.fromArray(SPECIES, values, row + 2 * stride).fma(broadcast(p[o + s + 2]), c);
      d = FloatVector.fromArray(SPECIES, values, row + 3 * stride).fma(broadcast(p[o + s + 3]), d);
    }
    for (; s < to; s++, row += stride) {
      a = FloatVector.fromArray(SPECIES, values, row).fma(broadcast(p[o + s]), a);
    }
    a.add(b).add(c.add(d)).intoArray(z.data(), z.rowOffset(t) + k);
  }
}
