package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.load;
import static ai.hartonomous.tensor.VectorMath.zero;

import ai.hartonomous.tensor.GroupKernels.Places;
import ai.hartonomous.tensor.GroupKernels.Target;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/// Linear maps of a few rows with weights in blocks of eight or four bits. Lanes are outputs; the
/// sum of a block grows column by column and is scaled once, the same way for one row and for
/// several. So the outputs of a row are bit for bit the same whichever rows come with it.
///
/// There is one loop over all columns instead of one within each block, whose first and last steps
/// the compiler would treat apart.
final class BlockKernels {

  private static final int BLOCK = Q8Matrix.BLOCK;

  private BlockKernels() {}

  /// Computes outputs `from` to `to` of `out = x Wᵀ + bias`; `from` is a multiple of {@link
  /// RowGroups#SIZE}.
  static void project(Matrix x, Blocks w, Target target, int from, int to) {
    float[] sums = new float[GroupKernels.SCRATCH];
    int bundles = x.rows() == 1 ? w.bundles() : GroupKernels.FEW_BUNDLES;
    for (int n = from; n < to; n += bundles * LANES) {
      Places values = Places.of(n, to, w.bytes(x.cols()));
      Places scales = Places.of(n, to, x.cols() / BLOCK);
      int count = Math.min(bundles * LANES, to - n);
      if (x.rows() == 1) {
        w.one(values, scales, x, sums);
        target.put(sums, 0, count, 0, n);
        continue;
      }
      for (int r = 0; r < x.rows(); r += GroupKernels.INPUTS) {
        w.four(values, scales, x, r, sums);
        target.putAll(sums, count, r, n);
      }
    }
  }

  /// A number format.
  sealed interface Blocks {

    /// {@return how many bytes the numbers of so many columns of one row take}
    int bytes(int cols);

    /// {@return how many bundles {@link #one} computes}
    int bundles();

    /// Computes the outputs of a few bundles for one input.
    void one(Places values, Places scales, Matrix in, float[] sums);

    /// Computes those of two bundles for four inputs. Rows beyond the last repeat it.
    void four(Places values, Places scales, Matrix in, int row, float[] sums);
  }

  /// Eight bits.
  ///
  /// @param w the weights
  record Bytes(Q8Matrix w) implements Blocks {

    @Override
    public int bytes(int cols) {
      return cols;
    }

    @Override
    public int bundles() {
      return GroupKernels.BUNDLES;
    }

    @Override
    public void four(Places at, Places scaleAt, Matrix in, int row, float[] sums) {
      byte[] values = w.values();
      float[] scales = w.scales();
      float[] x = in.data();
      int last = in.rows() - 1;
      int x0 = in.rowOffset(row);
      int x1 = in.rowOffset(Math.min(last, row + 1));
      int x2 = in.rowOffset(Math.min(last, row + 2));
      int x3 = in.rowOffset(Math.min(last, row + 3));
      int cols = w.cols();
      int p = at.b0(), q = at.b1();
      int s = scaleAt.b0(), t = scaleAt.b1();
      FloatVector a0 = zero(), a1 = zero(), a2 = zero(), a3 = zero();
      FloatVector b0 = zero(), b1 = zero(), b2 = zero(), b3 = zero();
      FloatVector c0 = zero(), c1 = zero(), c2 = zero(), c3 = zero();
      FloatVector d0 = zero(), d1 = zero(), d2 = zero(), d3 = zero();
      for (int k = 0; k < cols; k++) {
        FloatVector v = Widening.bytes(values, p);
        FloatVector u = Widening.bytes(values, q);
        p += RowGroups.SIZE;
        q += RowGroups.SIZE;
        FloatVector f0 = broadcast(x[x0 + k]);
        a0 = f0.fma(v, a0);
        b0 = f0.fma(u, b0);
        FloatVector f1 = broadcast(x[x1 + k]);
        a1 = f1.fma(v, a1);
        b1 = f1.fma(u, b1);
        FloatVector f2 = broadcast(x[x2 + k]);
        a2 = f2.fma(v, a2);
        b2 = f2.fma(u, b2);
        FloatVector f3 = broadcast(x[x3 + k]);
        a3 = f3.fma(v, a3);
        b3 = f3.fma(u, b3);
        if (k % BLOCK == BLOCK - 1) {
          FloatVector scale = load(scales, s);
          FloatVector other = load(scales, t);
          c0 = a0.fma(scale, c0);
          c1 = a1.fma(scale, c1);
          c2 = a2.fma(scale, c2);
          c3 = a3.fma(scale, c3);
          d0 = b0.fma(other, d0);
          d1 = b1.fma(other, d1);
          d2 = b2.fma(other, d2);
          d3 = b3.fma(other, d3);
          s += RowGroups.SIZE;
          t += RowGroups.SIZE;
          a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = zero();
        }
      }
      c0.intoArray(sums, 0);
      d0.intoArray(sums, LANES);
      c1.intoArray(sums, 2 * LANES);
      d1.intoArray(sums, 3 * LANES);
      c2.intoArray(sums, 4 * LANES);
      d2.intoArray(sums, 5 * LANES);
      c3.intoArray(sums, 6 * LANES);
      d3.intoArray(sums, 7 * LANES);
    }

    /// Each broadcast input serves all bundles.
    @Override
    public void one(Places at, Places scaleAt, Matrix in, float[] sums) {
      float[] x = in.data();
      int xAt = in.rowOffset(0);
      byte[] values = w.values();
      float[] scales = w.scales();
      int cols = w.cols();
      int p = at.b0(), q = at.b1(), r = at.b2(), s = at.b3();
      int block = 0;
      FloatVector sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero();
      FloatVector a = zero(), b = zero(), c = zero(), d = zero();
      for (int k = 0; k < cols; k += 2) {
        FloatVector even = broadcast(x[xAt + k]);
        int step = k * RowGroups.SIZE;
        a = even.fma(Widening.bytes(values, p + step), a);
        b = even.fma(Widening.bytes(values, q + step), b);
        c = even.fma(Widening.bytes(values, r + step), c);
        d = even.fma(Widening.bytes(values, s + step), d);
        FloatVector odd = broadcast(x[xAt + k + 1]);
        int next = step + RowGroups.SIZE;
        a = odd.fma(Widening.bytes(values, p + next), a);
        b = odd.fma(Widening.bytes(values, q + next), b);
        c = odd.fma(Widening.bytes(values, r + next), c);
        d = odd.fma(Widening.bytes(values, s + next), d);
        if (k % BLOCK == BLOCK - 2) {
          sum0 = a.fma(load(scales, scaleAt.b0() + block), sum0);
          sum1 = b.fma(load(scales, scaleAt.b1() + block), sum1);
          sum2 = c.fma(load(scales, scaleAt.b2() + block), sum2);
          sum3 = d.fma(load(scales, scaleAt.b3() + block), sum3);
          block += RowGroups.SIZE;
          a = b = c = d = zero();
        }
      }
      sum0.intoArray(sums, 0);
      sum1.intoArray(sums, LANES);
      sum2.intoArray(sums, 2 * LANES);
      sum3.intoArray(sums, 3 * LANES);
    }
  }

  /// Four bits.
  ///
  /// @param w the weights
  record Nibbles(Q4Matrix w) implements Blocks {

    @Override
    public int bytes(int cols) {
      return cols / 2;
    }

    @Override
    public int bundles() {
      return GroupKernels.FEW_BUNDLES;
    }

    /// As for eight bits, but even and odd columns come out of one byte and have sums of their own.
    @Override
    public void one(Places at, Places scaleAt, Matrix in, float[] sums) {
      byte[] values = w.values();
      float[] scales = w.scales();
      float[] x = in.data();
      int x0 = in.rowOffset(0);
      int cols = w.cols();
      int p = at.b0(), q = at.b1(), s = scaleAt.b0(), t = scaleAt.b1();
      FloatVector sum = zero(), other = zero();
      FloatVector a = zero(), b = zero(), c = zero(), d = zero();
      for (int k = 0; k < cols; k += 2) {
        IntVector pair = Widening.pairs(values, p);
        IntVector otherPair = Widening.pairs(values, q);
        FloatVector even = broadcast(x[x0 + k]);
        a = even.fma(Widening.even(pair), a);
        c = even.fma(Widening.even(otherPair), c);
        FloatVector odd = broadcast(x[x0 + k + 1]);
        b = odd.fma(Widening.odd(pair), b);
        d = odd.fma(Widening.odd(otherPair), d);
        p += RowGroups.SIZE;
        q += RowGroups.SIZE;
        if (k % BLOCK == BLOCK - 2) {
          sum = a.add(b).fma(load(scales, s), sum);
          other = c.add(d).fma(load(scales, t), other);
          s += RowGroups.SIZE;
          t += RowGroups.SIZE;
          a = b = c = d = zero();
        }
      }
      sum.intoArray(sums, 0);
      other.intoArray(sums, LANES);
    }

    /// Bundle by bundle: with both in one loop the compiler would put the vectors on the heap.
    @Override
    public void four(Places at, Places scaleAt, Matrix in, int row, float[] sums) {
      four(at.b0(), scaleAt.b0(), in, row, sums, 0);
      four(at.b1(), scaleAt.b1(), in, row, sums, LANES);
    }

    private void four(int at, int scaleAt, Matrix in, int row, float[] sums, int to) {
      byte[] values = w.values();
      float[] scales = w.scales();
      float[] x = in.data();
      int last = in.rows() - 1;
      int x0 = in.rowOffset(row);
      int x1 = in.rowOffset(Math.min(last, row + 1));
      int x2 = in.rowOffset(Math.min(last, row + 2));
      int x3 = in.rowOffset(Math.min(last, row + 3));
      int cols = w.cols();
      int p = at, s = scaleAt;
      FloatVector a0 = zero(), a1 = zero(), a2 = zero(), a3 = zero();
      FloatVector b0 = zero(), b1 = zero(), b2 = zero(), b3 = zero();
      FloatVector sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero();
      for (int k = 0; k < cols; k += 2) {
        IntVector pair = Widening.pairs(values, p);
        p += RowGroups.SIZE;
        FloatVector even = Widening.even(pair);
        FloatVector odd = Widening.odd(pair);
        a0 = broadcast(x[x0 + k]).fma(even, a0);
        b0 = broadcast(x[x0 + k + 1]).fma(odd, b0);
        a1 = broadcast(x[x1 + k]).fma(even, a1);
        b1 = broadcast(x[x1 + k + 1]).fma(odd, b1);
        a2 = broadcast(x[x2 + k]).fma(even, a2);
        b2 = broadcast(x[x2 + k + 1]).fma(odd, b2);
        a3 = broadcast(x[x3 + k]).fma(even, a3);
        b3 = broadcast(x[x3 + k + 1]).fma(odd, b3);
        if (k % BLOCK == BLOCK - 2) {
          FloatVector scale = load(scales, s);
          s += RowGroups.SIZE;
          sum0 = a0.add(b0).fma(scale, sum0);
          sum1 = a1.add(b1).fma(scale, sum1);
          sum2 = a2.add(b2).fma(scale, sum2);
          sum3 = a3.add(b3).fma(scale, sum3);
          a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = zero();
        }
      }
      sum0.intoArray(sums, to);
      sum1.intoArray(sums, to + 2 * LANES);
      sum2.intoArray(sums, to + 4 * LANES);
      sum3.intoArray(sums, to + 6 * LANES);
    }
  }
}
