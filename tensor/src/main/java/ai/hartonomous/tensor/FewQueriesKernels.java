package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.SPECIES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.load;
import static ai.hartonomous.tensor.VectorMath.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

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
    int o = p.rowOffset(t);
    float[] out = p.data();
    for (int s = shape.firstKey(t); s <= last; s += 4) {
      int r0 = y.rowOffset(s);
      int r1 = r0 + Math.min(1, last - s) * stride;
      int r2 = r0 + Math.min(2, last - s) * stride;
      int r3 = r0 + Math.min(3, last - s) * stride;
      FloatVector a = zero(), b = zero(), c = zero(), d = zero();
      for (int k = 0; k < y.cols(); k += LANES) {
        VectorMask<Float> mask = SPECIES.indexInRange(k, y.cols());
        FloatVector v = load(x.data(), at + k, mask);
        a = v.fma(load(y.data(), r0 + k, mask), a);
        b = v.fma(load(y.data(), r1 + k, mask), b);
        c = v.fma(load(y.data(), r2 + k, mask), c);
        d = v.fma(load(y.data(), r3 + k, mask), d);
      }
      out[o + s] = VectorMath.sum(a);
      out[o + Math.min(s + 1, last)] = VectorMath.sum(b);
      out[o + Math.min(s + 2, last)] = VectorMath.sum(c);
      out[o + Math.min(s + 3, last)] = VectorMath.sum(d);
    }
  }

  /// `z[t] = Σ_s p[t, s] y[s]` over the keys that query `t` may read.
  static void sum(AttentionShape shape, int t, Matrix weights, Matrix y, Matrix z) {
    float[] p = weights.data();
    int o = weights.rowOffset(t);
    int from = shape.firstKey(t);
    int to = shape.endKey(t);
    int stride = y.rowStride();
    for (int k = 0; k < y.cols(); k += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(k, y.cols());
      FloatVector a = zero(), b = zero(), c = zero(), d = zero();
      int s = from;
      int row = y.rowOffset(from) + k;
      for (; s <= to - 4; s += 4, row += 4 * stride) {
        a = load(y.data(), row, mask).fma(broadcast(p[o + s]), a);
        b = load(y.data(), row + stride, mask).fma(broadcast(p[o + s + 1]), b);
        c = load(y.data(), row + 2 * stride, mask).fma(broadcast(p[o + s + 2]), c);
        d = load(y.data(), row + 3 * stride, mask).fma(broadcast(p[o + s + 3]), d);
      }
      for (; s < to; s++, row += stride) {
        a = load(y.data(), row, mask).fma(broadcast(p[o + s]), a);
      }
      a.add(b).add(c.add(d)).intoArray(z.data(), z.rowOffset(t) + k, mask);
    }
  }
}
