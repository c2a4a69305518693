package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.load;
import static ai.hartonomous.tensor.VectorMath.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Linear maps of a few rows with weights in blocks of eight or four bits. Lanes are outputs; the
/// sum of a block is scaled once. The outputs of a row are bit for bit the same whichever rows come
/// with it.
final class BlockKernels {

  /// Inputs that share one reading of widened weights.
  private static final int PAIR = 2;

  /// Rows of inputs from which weights are widened once for all of them.
  private static final int WIDE_ROWS = 2;

  private static final int BLOCK = Q8Matrix.BLOCK;

  private BlockKernels() {}

  /// {@return how many numbers {@link #project} needs for itself}
  static int scratch(Matrix x, Weight w) {
    return x.rows() >= WIDE_ROWS ? 2 * LANES * w.cols() : 0;
  }

  /// Computes outputs `from` to `to` of `out = x Wᵀ + bias`; `from` is a multiple of {@link
  /// RowGroups#SIZE}.
  static void project(Matrix x, Blocks w, Target target, int from, int to, float[] wide) {
    float[] dots = new float[PAIR * 2 * LANES];
    boolean shares = x.rows() >= WIDE_ROWS;
    for (int n = from; n < to; n += 2 * LANES) {
      // Rows are padded to whole groups only: where no second bundle is left, the first serves.
      int second = n + LANES < to ? n + LANES : n;
      var bundles = new Bundles(w, n, second, Math.min(2 * LANES, to - n));
      int r = 0;
      if (shares) {
        w.widen(n, second, wide);
        for (; r + 1 < x.rows(); r += PAIR) {
          dots2(bundles, wide, x, r, dots);
          put(dots, 0, bundles, target, r);
          put(dots, 2 * LANES, bundles, target, r + 1);
        }
      }
      for (; r < x.rows(); r++) {
        w.dots(n, second, x.data(), x.rowOffset(r), dots);
        put(dots, 0, bundles, target, r);
      }
    }
  }

  /// Where outputs go.
  ///
  /// @param bias added to each row, or empty
  /// @param out receives the outputs
  record Target(float[] bias, Matrix out) {}

  /// Two bundles of rows, by the first row of each.
  ///
  /// @param count how many outputs of both are wanted
  private record Bundles(Blocks w, int first, int second, int count) {}

  private static void put(float[] dots, int at, Bundles bundles, Target target, int row) {
    int n = bundles.first;
    int to = target.out.rowOffset(row) + n;
    float[] out = target.out.data();
    float[] bias = target.bias;
    if (bias.length == 0) {
      System.arraycopy(dots, at, out, to, bundles.count);
      return;
    }
    for (int j = 0; j < bundles.count; j++) {
      out[to + j] = dots[at + j] + bias[n + j];
    }
  }

  /// A number format.
  sealed interface Blocks {

    /// {@return the scales of both formats stand alike}
    float[] scales();

    /// {@return the place of a block's scale}
    int scaleIndex(int row, int block);

    /// Widens two bundles to floats without their scales, `[columns, 2 * LANES]`.
    void widen(int first, int second, float[] wide);

    /// Computes the outputs of two bundles of as many rows as a vector has lanes.
    void dots(int first, int second, float[] x, int at, float[] dots);
  }

  /// As {@link Blocks#dots} for two inputs, bit for bit, from widened bundles: each number that was
  /// widened serves all inputs, and each that is loaded serves two.
  private static void dots2(Bundles bundles, float[] wide, Matrix inputs, int row, float[] dots) {
    float[] scales = bundles.w.scales();
    float[] x = inputs.data();
    int x0 = inputs.rowOffset(row), x1 = inputs.rowOffset(row + 1);
    int s = bundles.w.scaleIndex(bundles.first, 0), t = bundles.w.scaleIndex(bundles.second, 0);
    int at = 0;
    FloatVector sum0 = zero(), other0 = zero(), sum1 = zero(), other1 = zero();
    FloatVector a0 = zero(), b0 = zero(), c0 = zero(), d0 = zero();
    FloatVector a1 = zero(), b1 = zero(), c1 = zero(), d1 = zero();
    for (int k = 0; k < inputs.cols(); k += 2) {
      FloatVector v = load(wide, at);
      FloatVector u = load(wide, at + LANES);
      FloatVector even0 = broadcast(x[x0 + k]);
      FloatVector even1 = broadcast(x[x1 + k]);
      a0 = even0.fma(v, a0);
      c0 = even0.fma(u, c0);
      a1 = even1.fma(v, a1);
      c1 = even1.fma(u, c1);
      FloatVector next = load(wide, at + 2 * LANES);
      FloatVector nextOther = load(wide, at + 3 * LANES);
      FloatVector odd0 = broadcast(x[x0 + k + 1]);
      FloatVector odd1 = broadcast(x[x1 + k + 1]);
      b0 = odd0.fma(next, b0);
      d0 = odd0.fma(nextOther, d0);
      b1 = odd1.fma(next, b1);
      d1 = odd1.fma(nextOther, d1);
      at += 4 * LANES;
      if (k % BLOCK == BLOCK - 2) {
        FloatVector scale = load(scales, s);
        FloatVector otherScale = load(scales, t);
        sum0 = a0.add(b0).fma(scale, sum0);
        other0 = c0.add(d0).fma(otherScale, other0);
        sum1 = a1.add(b1).fma(scale, sum1);
        other1 = c1.add(d1).fma(otherScale, other1);
        s += RowGroups.SIZE;
        t += RowGroups.SIZE;
        a0 = zero();
        b0 = zero();
        c0 = zero();
        d0 = zero();
        a1 = zero();
        b1 = zero();
        c1 = zero();
        d1 = zero();
      }
    }
    sum0.intoArray(dots, 0);
    other0.intoArray(dots, LANES);
    sum1.intoArray(dots, 2 * LANES);
    other1.intoArray(dots, 3 * LANES);
  }

  /// Eight bits.
  ///
  /// @param w the weights
  record Bytes(Q8Matrix w) implements Blocks {

    @Override
    public float[] scales() {
      return w.scales();
    }

    @Override
    public int scaleIndex(int row, int block) {
      return w.scaleIndex(row, block);
    }

    @Override
    public void widen(int first, int second, float[] wide) {
      byte[] values = w.values();
      int v = w.valueIndex(first, 0);
      int u = w.valueIndex(second, 0);
      int end = 2 * LANES * w.cols();
      for (int to = 0; to < end; to += 2 * LANES) {
        Widening.bytes(values, v).intoArray(wide, to);
        Widening.bytes(values, u).intoArray(wide, to + LANES);
        v += RowGroups.SIZE;
        u += RowGroups.SIZE;
      }
    }

    /// Each broadcast input serves both bundles. One loop over all columns instead of one within
    /// each block, whose first and last steps the compiler would treat apart: measured a fifth
    /// faster. With twice as many columns in a step it would put the vectors on the heap.
    @Override
    public void dots(int first, int second, float[] x, int at, float[] dots) {
      byte[] values = w.values();
      float[] scales = w.scales();
      int v = w.valueIndex(first, 0), u = w.valueIndex(second, 0);
      int s = w.scaleIndex(first, 0), t = w.scaleIndex(second, 0);
      FloatVector sum = zero(), other = zero();
      // Two sums in turn for each bundle, since each waits four cycles for its last addition.
      FloatVector a = zero(), b = zero(), c = zero(), d = zero();
      for (int k = 0; k < w.cols(); k += 4) {
        FloatVector x0 = broadcast(x[at + k]);
        a = x0.fma(Widening.bytes(values, v), a);
        c = x0.fma(Widening.bytes(values, u), c);
        FloatVector x1 = broadcast(x[at + k + 1]);
        b = x1.fma(Widening.bytes(values, v + RowGroups.SIZE), b);
        d = x1.fma(Widening.bytes(values, u + RowGroups.SIZE), d);
        FloatVector x2 = broadcast(x[at + k + 2]);
        a = x2.fma(Widening.bytes(values, v + 2 * RowGroups.SIZE), a);
        c = x2.fma(Widening.bytes(values, u + 2 * RowGroups.SIZE), c);
        FloatVector x3 = broadcast(x[at + k + 3]);
        b = x3.fma(Widening.bytes(values, v + 3 * RowGroups.SIZE), b);
        d = x3.fma(Widening.bytes(values, u + 3 * RowGroups.SIZE), d);
        v += 4 * RowGroups.SIZE;
        u += 4 * RowGroups.SIZE;
        if (k % BLOCK == BLOCK - 4) {
          sum = a.add(b).fma(load(scales, s), sum);
          other = c.add(d).fma(load(scales, t), other);
          s += RowGroups.SIZE;
          t += RowGroups.SIZE;
          a = zero();
          b = zero();
          c = zero();
          d = zero();
        }
      }
      sum.intoArray(dots, 0);
      other.intoArray(dots, LANES);
    }
  }

  /// Four bits.
  ///
  /// @param w the weights
  record Nibbles(Q4Matrix w) implements Blocks {

    @Override
    public float[] scales() {
      return w.scales();
    }

    @Override
    public int scaleIndex(int row, int block) {
      return w.scaleIndex(row, block);
    }

    @Override
    public void widen(int first, int second, float[] wide) {
      byte[] values = w.values();
      int v = w.valueIndex(first, 0);
      int u = w.valueIndex(second, 0);
      int end = 2 * LANES * w.cols();
      for (int to = 0; to < end; to += 4 * LANES) {
        IntVector pair = Widening.pairs(values, v);
        IntVector other = Widening.pairs(values, u);
        Widening.even(pair).intoArray(wide, to);
        Widening.even(other).intoArray(wide, to + LANES);
        Widening.odd(pair).intoArray(wide, to + 2 * LANES);
        Widening.odd(other).intoArray(wide, to + 3 * LANES);
        v += RowGroups.SIZE;
        u += RowGroups.SIZE;
      }
    }

    /// As for eight bits, but even and odd columns come out of one byte.
    @Override
    public void dots(int first, int second, float[] x, int at, float[] dots) {
      byte[] values = w.values();
      float[] scales = w.scales();
      int v = w.valueIndex(first, 0), u = w.valueIndex(second, 0);
      int s = w.scaleIndex(first, 0), t = w.scaleIndex(second, 0);
      FloatVector sum = zero(), other = zero();
      FloatVector a = zero(), b = zero(), c = zero(), d = zero();
      for (int k = 0; k < w.cols(); k += 2) {
        IntVector pair = Widening.pairs(values, v);
        IntVector otherPair = Widening.pairs(values, u);
        FloatVector even = broadcast(x[at + k]);
        a = even.fma(Widening.even(pair), a);
        c = even.fma(Widening.even(otherPair), c);
        FloatVector odd = broadcast(x[at + k + 1]);
        b = odd.fma(Widening.odd(pair), b);
        d = odd.fma(Widening.odd(otherPair), d);
        v += RowGroups.SIZE;
        u += RowGroups.SIZE;
        if (k % BLOCK == BLOCK - 2) {
          sum = a.add(b).fma(load(scales, s), sum);
          other = c.add(d).fma(load(scales, t), other);
          s += RowGroups.SIZE;
          t += RowGroups.SIZE;
          a = zero();
          b = zero();
          c = zero();
          d = zero();
        }
      }
      sum.intoArray(dots, 0);
      other.intoArray(dots, LANES);
    }
  }
}
