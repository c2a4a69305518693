package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.SPECIES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.load;
import static ai.hartonomous.tensor.VectorMath.zero;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Linear maps of a few rows, bound by the speed at which weights arrive: each weight is read once,
/// four of its rows at a time, without packing. The outputs of a row are bit for bit the same
/// whichever rows come with it.
final class DotKernels {

  /// Rows of weights that are multiplied together.
  static final int GROUP = 4;

  /// Rows of inputs that share one reading of the weights. With four, the compiler runs out of
  /// registers and puts every vector on the heap: measured ten times slower.
  private static final int PAIR = 2;

  /// Rows of inputs from which eight-bit weights are widened once for all of them.
  private static final int WIDE_ROWS = 2;

  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(LANES * Byte.SIZE));

  private DotKernels() {}

  /// Computes outputs `from` to `to` of `out = x Wᵀ + bias` for all rows of `x`.
  static void project(Matrix x, Matrix w, float[] bias, Matrix out, int from, int to) {
    float[] dots = new float[PAIR * GROUP];
    for (int n = from; n < to; n += GROUP) {
      int count = Math.min(GROUP, to - n);
      Rows rows = Rows.of(w, n, count);
      for (int r = 0; r < x.rows(); r += PAIR) {
        int inputs = Math.min(PAIR, x.rows() - r);
        if (inputs == 1) {
          dot4(rows, x.data(), x.rowOffset(r), x.cols(), dots);
        } else {
          dot4x2(rows, x, r, dots);
        }
        for (int i = 0; i < inputs; i++) {
          put(dots, i * GROUP, bias, out, r + i, n);
        }
      }
    }
  }

  /// Writes up to {@link #GROUP} outputs of one row, from column `n`.
  private static void put(float[] dots, int at, float[] bias, Matrix out, int row, int n) {
    int to = out.rowOffset(row) + n;
    int count = Math.min(GROUP, out.cols() - n);
    for (int j = 0; j < count; j++) {
      out.data()[to + j] = bias.length == 0 ? dots[at + j] : dots[at + j] + bias[n + j];
    }
  }

  /// Places of four neighbouring rows; those beyond the matrix repeat the last.
  private record Rows(float[] data, int r0, int r1, int r2, int r3) {
    static Rows of(Matrix m, int row, int count) {
      int at = m.rowOffset(row);
      int stride = m.rowStride();
      return new Rows(
          m.data(),
          at,
          at + Math.min(1, count - 1) * stride,
          at + Math.min(2, count - 1) * stride,
          at + Math.min(3, count - 1) * stride);
    }
  }

  /// Row after row, since one sequential stream arrives faster than four. What is not a whole
  /// vector is left to a plain loop, and loops are not shared by a method: with more operations the
  /// compiler would not inline the sums, and a method's result would stand on the heap.
  private static void dot4(Rows w, float[] x, int at, int size, float[] dots) {
    int whole = size - size % LANES;
    float[] data = w.data;
    FloatVector a = zero(), b = zero(), c = zero(), d = zero();
    for (int k = 0, from = w.r0; k < whole; k += LANES) {
      FloatVector factor = FloatVector.fromArray(SPECIES, x, at + k);
      a = factor.fma(FloatVector.fromArray(SPECIES, data, from + k), a);
    }
    for (int k = 0, from = w.r1; k < whole; k += LANES) {
      FloatVector factor = FloatVector.fromArray(SPECIES, x, at + k);
      b = factor.fma(FloatVector.fromArray(SPECIES, data, from + k), b);
    }
    for (int k = 0, from = w.r2; k < whole; k += LANES) {
      FloatVector factor = FloatVector.fromArray(SPECIES, x, at + k);
      c = factor.fma(FloatVector.fromArray(SPECIES, data, from + k), c);
    }
    for (int k = 0, from = w.r3; k < whole; k += LANES) {
      FloatVector factor = FloatVector.fromArray(SPECIES, x, at + k);
      d = factor.fma(FloatVector.fromArray(SPECIES, data, from + k), d);
    }
    VectorMath.sums(a, b, c, d, dots, 0);
    for (int k = whole; k < size; k++) {
      dots[0] += x[at + k] * data[w.r0 + k];
      dots[1] += x[at + k] * data[w.r1 + k];
      dots[2] += x[at + k] * data[w.r2 + k];
      dots[3] += x[at + k] * data[w.r3 + k];
    }
  }

  private static void dot4x2(Rows w, Matrix inputs, int row, float[] dots) {
    float[] data = w.data;
    float[] x = inputs.data();
    int x0 = inputs.rowOffset(row);
    int x1 = inputs.rowOffset(row + 1);
    int size = inputs.cols();
    int r0 = w.r0;
    int r1 = w.r1;
    int r2 = w.r2;
    int r3 = w.r3;
    FloatVector a0 = zero(), a1 = zero(), a2 = zero(), a3 = zero();
    FloatVector b0 = zero(), b1 = zero(), b2 = zero(), b3 = zero();
    int k = 0;
    for (; k <= size - LANES; k += LANES) {
      FloatVector u = load(x, x0 + k);
      FloatVector v = load(x, x1 + k);
      FloatVector w0 = load(data, r0 + k);
      FloatVector w1 = load(data, r1 + k);
      FloatVector w2 = load(data, r2 + k);
      FloatVector w3 = load(data, r3 + k);
      a0 = u.fma(w0, a0);
      a1 = u.fma(w1, a1);
      a2 = u.fma(w2, a2);
      a3 = u.fma(w3, a3);
      b0 = v.fma(w0, b0);
      b1 = v.fma(w1, b1);
      b2 = v.fma(w2, b2);
      b3 = v.fma(w3, b3);
    }
    VectorMath.sums(a0, a1, a2, a3, dots, 0);
    VectorMath.sums(b0, b1, b2, b3, dots, GROUP);
    // As in dot4, so that a row's outputs do not depend on how many rows come with it.
    for (; k < size; k++) {
      dots[0] += x[x0 + k] * data[r0 + k];
      dots[1] += x[x0 + k] * data[r1 + k];
      dots[2] += x[x0 + k] * data[r2 + k];
      dots[3] += x[x0 + k] * data[r3 + k];
      dots[GROUP] += x[x1 + k] * data[r0 + k];
      dots[GROUP + 1] += x[x1 + k] * data[r1 + k];
      dots[GROUP + 2] += x[x1 + k] * data[r2 + k];
      dots[GROUP + 3] += x[x1 + k] * data[r3 + k];
    }
  }

  /// Computes outputs `from` to `to` of `out = x Wᵀ + bias` with eight-bit weights; `from` is a
  /// multiple of {@link Q8Matrix#GROUP}.
  static void project(Matrix x, Q8Matrix w, float[] bias, Matrix out, int from, int to) {
    float[] dots = new float[PAIR * 2 * LANES];
    boolean shares = x.rows() >= WIDE_ROWS;
    float[] wide = new float[shares ? 2 * LANES * w.cols() : 0];
    for (int n = from; n < to; n += 2 * LANES) {
      // Rows are padded to whole groups only: where no second bundle is left, the first serves.
      int second = n + LANES < to ? n + LANES : n;
      var bundles = new Bundles(w, n, second, Math.min(2 * LANES, to - n));
      int r = 0;
      if (shares) {
        widenAll(bundles, wide);
        for (; r + 1 < x.rows(); r += PAIR) {
          dots2(bundles, wide, x, r, dots);
          put(dots, 0, bundles, bias, out, r);
          put(dots, 2 * LANES, bundles, bias, out, r + 1);
        }
      }
      for (; r < x.rows(); r++) {
        dots(w, n, second, x.data(), x.rowOffset(r), dots);
        put(dots, 0, bundles, bias, out, r);
      }
    }
  }

  /// Two bundles of rows, by the first row of each.
  ///
  /// @param count how many outputs of both are wanted
  private record Bundles(Q8Matrix w, int first, int second, int count) {}

  private static void put(
      float[] dots, int at, Bundles bundles, float[] bias, Matrix out, int row) {
    int n = bundles.first;
    int to = out.rowOffset(row) + n;
    for (int j = 0; j < bundles.count; j++) {
      out.data()[to + j] = bias.length == 0 ? dots[at + j] : dots[at + j] + bias[n + j];
    }
  }

  /// Widens two bundles to floats, `[columns, 2 * LANES]`.
  private static void widenAll(Bundles bundles, float[] wide) {
    byte[] values = bundles.w.values();
    int v = bundles.w.valueIndex(bundles.first, 0);
    int u = bundles.w.valueIndex(bundles.second, 0);
    for (int to = 0; to < wide.length; to += 2 * LANES) {
      widen(values, v).intoArray(wide, to);
      widen(values, u).intoArray(wide, to + LANES);
      v += Q8Matrix.GROUP;
      u += Q8Matrix.GROUP;
    }
  }

  /// As {@link #dots} for two inputs, bit for bit, from widened bundles: each number that was
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
      if (k % Q8Matrix.BLOCK == Q8Matrix.BLOCK - 2) {
        FloatVector scale = load(scales, s);
        FloatVector otherScale = load(scales, t);
        sum0 = a0.add(b0).fma(scale, sum0);
        other0 = c0.add(d0).fma(otherScale, other0);
        sum1 = a1.add(b1).fma(scale, sum1);
        other1 = c1.add(d1).fma(otherScale, other1);
        s += Q8Matrix.GROUP;
        t += Q8Matrix.GROUP;
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

  /// Computes the outputs of two bundles of as many rows as a vector has lanes, each lane a row of
  /// its own, so that each broadcast input serves both. One loop over all columns instead of one
  /// within each block, whose first and last steps the compiler would treat apart: measured a fifth
  /// faster. With twice as many columns in a step it would put the vectors on the heap.
  private static void dots(Q8Matrix w, int first, int second, float[] x, int at, float[] dots) {
    byte[] values = w.values();
    float[] scales = w.scales();
    int v = w.valueIndex(first, 0), u = w.valueIndex(second, 0);
    int s = w.scaleIndex(first, 0), t = w.scaleIndex(second, 0);
    FloatVector sum = zero(), other = zero();
    // Two sums in turn for each bundle, since each waits four cycles for its last addition.
    FloatVector a = zero(), b = zero(), c = zero(), d = zero();
    for (int k = 0; k < w.cols(); k += 4) {
      FloatVector x0 = broadcast(x[at + k]);
      a = x0.fma(widen(values, v), a);
      c = x0.fma(widen(values, u), c);
      FloatVector x1 = broadcast(x[at + k + 1]);
      b = x1.fma(widen(values, v + Q8Matrix.GROUP), b);
      d = x1.fma(widen(values, u + Q8Matrix.GROUP), d);
      FloatVector x2 = broadcast(x[at + k + 2]);
      a = x2.fma(widen(values, v + 2 * Q8Matrix.GROUP), a);
      c = x2.fma(widen(values, u + 2 * Q8Matrix.GROUP), c);
      FloatVector x3 = broadcast(x[at + k + 3]);
      b = x3.fma(widen(values, v + 3 * Q8Matrix.GROUP), b);
      d = x3.fma(widen(values, u + 3 * Q8Matrix.GROUP), d);
      v += 4 * Q8Matrix.GROUP;
      u += 4 * Q8Matrix.GROUP;
      if (k % Q8Matrix.BLOCK == Q8Matrix.BLOCK - 4) {
        sum = a.add(b).fma(load(scales, s), sum);
        other = c.add(d).fma(load(scales, t), other);
        s += Q8Matrix.GROUP;
        t += Q8Matrix.GROUP;
        a = zero();
        b = zero();
        c = zero();
        d = zero();
      }
    }
    sum.intoArray(dots, 0);
    other.intoArray(dots, LANES);
  }

  private static FloatVector widen(byte[] values, int at) {
    return (FloatVector)
        ByteVector.fromArray(BYTES, values, at).convertShape(VectorOperators.B2F, SPECIES, 0);
  }
}
