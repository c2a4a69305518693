package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.SPECIES;
import static ai.hartonomous.tensor.VectorMath.load;
import static ai.hartonomous.tensor.VectorMath.zero;

import jdk.incubator.vector.FloatVector;

/// Linear maps of a few rows, bound by the speed at which weights arrive: each weight is read once,
/// four of its rows at a time, without packing. The outputs of a row are bit for bit the same
/// whichever rows come with it.
final class DotKernels {

  /// Rows of weights that are multiplied together.
  static final int GROUP = 4;

  /// Rows of inputs that share one reading of the weights. With four, the compiler runs out of
  /// registers and puts every vector on the heap: measured ten times slower.
  private static final int PAIR = 2;

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
}
