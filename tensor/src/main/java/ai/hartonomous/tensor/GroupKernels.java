package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.load;
import static ai.hartonomous.tensor.VectorMath.zero;

import jdk.incubator.vector.FloatVector;

/// Linear maps of a few rows with interleaved weights: each lane is an output of its own, and a sum
/// grows column by column. So the outputs of a row are bit for bit the same whichever rows come
/// with it, and the same for {@link GroupedMatrix} and {@link Bf16Matrix} where their numbers are.
final class GroupKernels {

  /// Bundles of rows that one input is multiplied with: as many sums as cover the delay of an
  /// addition.
  static final int BUNDLES = 4;

  /// The same for several inputs.
  static final int FEW_BUNDLES = 2;

  /// Inputs that share one reading of the weights; their sums fill the registers.
  static final int INPUTS = 4;

  /// Numbers that {@link #project} needs for itself.
  static final int SCRATCH = INPUTS * FEW_BUNDLES * LANES;

  private GroupKernels() {}

  /// Computes outputs `from` to `to` of `out = x Wᵀ + bias`; `from` is a multiple of {@link
  /// RowGroups#SIZE}.
  static void project(Matrix x, GroupedMatrix w, Target target, int from, int to) {
    float[] sums = new float[SCRATCH];
    float[] values = w.values();
    int bundles = x.rows() == 1 ? BUNDLES : FEW_BUNDLES;
    for (int n = from; n < to; n += bundles * LANES) {
      var places = Places.of(n, to, w.cols());
      int count = Math.min(bundles * LANES, to - n);
      if (x.rows() == 1) {
        one(values, places, x, sums);
        target.put(sums, 0, count, 0, n);
        continue;
      }
      for (int r = 0; r < x.rows(); r += INPUTS) {
        four(values, places, x, r, sums);
        target.putAll(sums, count, r, n);
      }
    }
  }

  /// The same for weights in bfloat16.
  static void project(Matrix x, Bf16Matrix w, Target target, int from, int to) {
    float[] sums = new float[SCRATCH];
    int[] values = w.values();
    int bundles = x.rows() == 1 ? BUNDLES : FEW_BUNDLES;
    for (int n = from; n < to; n += bundles * LANES) {
      var places = Places.of(n, to, w.pairs());
      int count = Math.min(bundles * LANES, to - n);
      if (x.rows() == 1) {
        one(values, places, x, sums);
        last(values, places, BUNDLES, x, 0, sums);
        target.put(sums, 0, count, 0, n);
        continue;
      }
      for (int r = 0; r < x.rows(); r += INPUTS) {
        four(values, places, x, r, sums);
        last(values, places, FEW_BUNDLES, x, r, sums);
        target.putAll(sums, count, r, n);
      }
    }
  }

  /// Where bundles of rows begin; where none is left, the first stands in.
  record Places(int b0, int b1, int b2, int b3) {

    static Places of(int row, int end, int units) {
      return new Places(
          at(row, row, end, units),
          at(row, row + LANES, end, units),
          at(row, row + 2 * LANES, end, units),
          at(row, row + 3 * LANES, end, units));
    }

    private static int at(int first, int row, int end, int units) {
      return RowGroups.index(row < end ? row : first, 0, units);
    }

    int get(int bundle) {
      return switch (bundle) {
        case 0 -> b0;
        case 1 -> b1;
        case 2 -> b2;
        default -> b3;
      };
    }
  }

  /// Where outputs go.
  ///
  /// @param bias added to each row, or empty
  /// @param out receives the outputs
  record Target(float[] bias, Matrix out) {

    /// Stores the sums of a few bundles, `count` outputs from `n` on, for inputs from `row` on.
    void putAll(float[] sums, int count, int row, int n) {
      int inputs = Math.min(INPUTS, out.rows() - row);
      for (int i = 0; i < inputs; i++) {
        put(sums, i * FEW_BUNDLES * LANES, count, row + i, n);
      }
    }

    /// Stores `count` sums from `at` on as outputs from `n` on of one input.
    void put(float[] sums, int at, int count, int row, int n) {
      float[] outputs = out.data();
      int to = out.rowOffset(row) + n;
      if (bias.length == 0) {
        System.arraycopy(sums, at, outputs, to, count);
        return;
      }
      for (int j = 0; j < count; j++) {
        outputs[to + j] = sums[at + j] + bias[n + j];
      }
    }
  }

  private static void one(float[] w, Places places, Matrix in, float[] sums) {
    float[] x = in.data();
    int at = in.rowOffset(0);
    int size = in.cols();
    int p = places.b0, q = places.b1, r = places.b2, s = places.b3;
    FloatVector a = zero(), b = zero(), c = zero(), d = zero();
    for (int k = 0; k < size; k++) {
      FloatVector factor = broadcast(x[at + k]);
      int step = k * RowGroups.SIZE;
      a = factor.fma(load(w, p + step), a);
      b = factor.fma(load(w, q + step), b);
      c = factor.fma(load(w, r + step), c);
      d = factor.fma(load(w, s + step), d);
    }
    a.intoArray(sums, 0);
    b.intoArray(sums, LANES);
    c.intoArray(sums, 2 * LANES);
    d.intoArray(sums, 3 * LANES);
  }

  /// Rows beyond the last repeat it.
  private static void four(float[] w, Places places, Matrix in, int row, float[] sums) {
    float[] x = in.data();
    int last = in.rows() - 1;
    int x0 = in.rowOffset(row);
    int x1 = in.rowOffset(Math.min(last, row + 1));
    int x2 = in.rowOffset(Math.min(last, row + 2));
    int x3 = in.rowOffset(Math.min(last, row + 3));
    int size = in.cols();
    int p = places.b0, q = places.b1;
    FloatVector a0 = zero(), a1 = zero(), a2 = zero(), a3 = zero();
    FloatVector b0 = zero(), b1 = zero(), b2 = zero(), b3 = zero();
    for (int k = 0; k < size; k++) {
      FloatVector v = load(w, p + k * RowGroups.SIZE);
      FloatVector u = load(w, q + k * RowGroups.SIZE);
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
    }
    a0.intoArray(sums, 0);
    b0.intoArray(sums, LANES);
    a1.intoArray(sums, 2 * LANES);
    b1.intoArray(sums, 3 * LANES);
    a2.intoArray(sums, 4 * LANES);
    b2.intoArray(sums, 5 * LANES);
    a3.intoArray(sums, 6 * LANES);
    b3.intoArray(sums, 7 * LANES);
  }

  private static void one(int[] w, Places places, Matrix in, float[] sums) {
    float[] x = in.data();
    int at = in.rowOffset(0);
    int pairs = in.cols() / 2;
    int p = places.b0, q = places.b1, r = places.b2, s = places.b3;
    FloatVector a = zero(), b = zero(), c = zero(), d = zero();
    for (int k = 0; k < pairs; k++) {
      FloatVector even = broadcast(x[at + 2 * k]);
      FloatVector odd = broadcast(x[at + 2 * k + 1]);
      int step = k * RowGroups.SIZE;
      a = odd.fma(Widening.upper(w, p + step), even.fma(Widening.lower(w, p + step), a));
      b = odd.fma(Widening.upper(w, q + step), even.fma(Widening.lower(w, q + step), b));
      c = odd.fma(Widening.upper(w, r + step), even.fma(Widening.lower(w, r + step), c));
      d = odd.fma(Widening.upper(w, s + step), even.fma(Widening.lower(w, s + step), d));
    }
    a.intoArray(sums, 0);
    b.intoArray(sums, LANES);
    c.intoArray(sums, 2 * LANES);
    d.intoArray(sums, 3 * LANES);
  }

  /// Rows beyond the last repeat it.
  private static void four(int[] w, Places places, Matrix in, int row, float[] sums) {
    float[] x = in.data();
    int last = in.rows() - 1;
    int x0 = in.rowOffset(row);
    int x1 = in.rowOffset(Math.min(last, row + 1));
    int x2 = in.rowOffset(Math.min(last, row + 2));
    int x3 = in.rowOffset(Math.min(last, row + 3));
    int pairs = in.cols() / 2;
    int p = places.b0, q = places.b1;
    FloatVector a0 = zero(), a1 = zero(), a2 = zero(), a3 = zero();
    FloatVector b0 = zero(), b1 = zero(), b2 = zero(), b3 = zero();
    for (int k = 0; k < pairs; k++) {
      FloatVector v = Widening.lower(w, p + k * RowGroups.SIZE);
      FloatVector u = Widening.lower(w, q + k * RowGroups.SIZE);
      FloatVector y = Widening.upper(w, p + k * RowGroups.SIZE);
      FloatVector z = Widening.upper(w, q + k * RowGroups.SIZE);
      FloatVector e0 = broadcast(x[x0 + 2 * k]);
      FloatVector o0 = broadcast(x[x0 + 2 * k + 1]);
      a0 = o0.fma(y, e0.fma(v, a0));
      b0 = o0.fma(z, e0.fma(u, b0));
      FloatVector e1 = broadcast(x[x1 + 2 * k]);
      FloatVector o1 = broadcast(x[x1 + 2 * k + 1]);
      a1 = o1.fma(y, e1.fma(v, a1));
      b1 = o1.fma(z, e1.fma(u, b1));
      FloatVector e2 = broadcast(x[x2 + 2 * k]);
      FloatVector o2 = broadcast(x[x2 + 2 * k + 1]);
      a2 = o2.fma(y, e2.fma(v, a2));
      b2 = o2.fma(z, e2.fma(u, b2));
      FloatVector e3 = broadcast(x[x3 + 2 * k]);
      FloatVector o3 = broadcast(x[x3 + 2 * k + 1]);
      a3 = o3.fma(y, e3.fma(v, a3));
      b3 = o3.fma(z, e3.fma(u, b3));
    }
    a0.intoArray(sums, 0);
    b0.intoArray(sums, LANES);
    a1.intoArray(sums, 2 * LANES);
    b1.intoArray(sums, 3 * LANES);
    a2.intoArray(sums, 4 * LANES);
    b2.intoArray(sums, 5 * LANES);
    a3.intoArray(sums, 6 * LANES);
    b3.intoArray(sums, 7 * LANES);
  }

  /// Adds the last column where their number is odd.
  ///
  /// @param bundles how many there are; their sums follow each other, input by input
  private static void last(int[] w, Places places, int bundles, Matrix in, int row, float[] sums) {
    if (in.cols() % 2 == 0) {
      return;
    }
    int step = in.cols() / 2 * RowGroups.SIZE;
    int inputs = Math.min(sums.length / (bundles * LANES), in.rows() - row);
    for (int i = 0; i < inputs; i++) {
      float factor = in.at(row + i, in.cols() - 1);
      for (int b = 0; b < bundles; b++) {
        int from = places.get(b) + step;
        int to = (i * bundles + b) * LANES;
        for (int lane = 0; lane < LANES; lane++) {
          float number = Float.intBitsToFloat(w[from + lane] << Short.SIZE);
          sums[to + lane] = Math.fma(factor, number, sums[to + lane]);
        }
      }
    }
  }
}
