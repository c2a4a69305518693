package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.SPECIES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.first;
import static ai.hartonomous.tensor.VectorMath.load;
import static ai.hartonomous.tensor.VectorMath.zero;

import ai.hartonomous.tensor.RowOptimizer.Adam;
import ai.hartonomous.tensor.RowOptimizer.Descent;
import ai.hartonomous.tensor.RowOptimizer.Signum;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Vector loops over whole rows. Every number is computed the same way whatever stands beside it.
final class CoderLoops {

  private static final int GROUP = 4;

  private CoderLoops() {}

  /// Some rows of a matrix, each with a factor.
  ///
  /// @param rows row numbers
  /// @param factors one for each row number
  /// @param from first entry
  /// @param to entry after the last
  record Entries(int[] rows, float[] factors, int from, int to) {}

  /// `out[at + c] += Σ factor in[row, c]`: four rows at a time, so that each sum is read and
  /// written once for four.
  static void addRows(Entries e, Matrix in, float[] out, int at) {
    int i = e.from;
    for (; i + GROUP <= e.to; i += GROUP) {
      add4(e, i, in, out, at);
    }
    for (; i < e.to; i++) {
      add1(e.factors[i], in.data(), in.rowOffset(e.rows[i]), out, at, in.cols());
    }
  }

  private static void add4(Entries e, int i, Matrix in, float[] out, int at) {
    float[] data = in.data();
    int r0 = in.rowOffset(e.rows[i]), r1 = in.rowOffset(e.rows[i + 1]);
    int r2 = in.rowOffset(e.rows[i + 2]), r3 = in.rowOffset(e.rows[i + 3]);
    FloatVector f0 = broadcast(e.factors[i]), f1 = broadcast(e.factors[i + 1]);
    FloatVector f2 = broadcast(e.factors[i + 2]), f3 = broadcast(e.factors[i + 3]);
    int size = in.cols();
    int c = 0;
    for (; c <= size - LANES; c += LANES) {
      FloatVector sum = load(out, at + c);
      sum = f0.fma(load(data, r0 + c), sum);
      sum = f1.fma(load(data, r1 + c), sum);
      sum = f2.fma(load(data, r2 + c), sum);
      f3.fma(load(data, r3 + c), sum).intoArray(out, at + c);
    }
    if (c < size) {
      VectorMask<Float> mask = first(size - c);
      FloatVector sum = load(out, at + c, mask);
      sum = f0.fma(load(data, r0 + c, mask), sum);
      sum = f1.fma(load(data, r1 + c, mask), sum);
      sum = f2.fma(load(data, r2 + c, mask), sum);
      f3.fma(load(data, r3 + c, mask), sum).intoArray(out, at + c, mask);
    }
  }

  private static void add1(float factor, float[] in, int from, float[] out, int at, int size) {
    FloatVector f = broadcast(factor);
    int c = 0;
    for (; c <= size - LANES; c += LANES) {
      f.fma(load(in, from + c), load(out, at + c)).intoArray(out, at + c);
    }
    if (c < size) {
      VectorMask<Float> mask = first(size - c);
      f.fma(load(in, from + c, mask), load(out, at + c, mask)).intoArray(out, at + c, mask);
    }
  }

  /// `out[i] = in[rows[i]] · x` for entries `from` to `to`.
  static void dots(Entries e, Matrix in, float[] x, int at, float[] out) {
    float[] four = new float[GROUP];
    for (int i = e.from; i < e.to; i += GROUP) {
      dot4(e, i, in, x, at, four);
      System.arraycopy(four, 0, out, i, Math.min(GROUP, e.to - i));
    }
  }

  /// Entries after the last repeat it.
  private static void dot4(Entries e, int i, Matrix in, float[] x, int at, float[] out) {
    float[] data = in.data();
    int last = e.to - 1;
    int r0 = in.rowOffset(e.rows[i]), r1 = in.rowOffset(e.rows[Math.min(i + 1, last)]);
    int r2 = in.rowOffset(e.rows[Math.min(i + 2, last)]);
    int r3 = in.rowOffset(e.rows[Math.min(i + 3, last)]);
    FloatVector s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero();
    int size = in.cols();
    int c = 0;
    for (; c <= size - LANES; c += LANES) {
      FloatVector v = load(x, at + c);
      s0 = v.fma(load(data, r0 + c), s0);
      s1 = v.fma(load(data, r1 + c), s1);
      s2 = v.fma(load(data, r2 + c), s2);
      s3 = v.fma(load(data, r3 + c), s3);
    }
    if (c < size) {
      VectorMask<Float> mask = first(size - c);
      FloatVector v = load(x, at + c, mask);
      s0 = v.fma(load(data, r0 + c, mask), s0);
      s1 = v.fma(load(data, r1 + c, mask), s1);
      s2 = v.fma(load(data, r2 + c, mask), s2);
      s3 = v.fma(load(data, r3 + c, mask), s3);
    }
    VectorMath.sums(s0, s1, s2, s3, out, 0);
  }

  /// With `e = out - target`: `out = scale e`.
  ///
  /// @return the sum of the squares of `e`
  static float error(float[] target, int from, float scale, float[] out, int at, int size) {
    FloatVector sum = zero();
    for (int c = 0; c < size; c += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(c, size);
      FloatVector e = load(out, at + c, mask).sub(load(target, from + c, mask));
      sum = e.fma(e, sum);
      e.mul(scale).intoArray(out, at + c, mask);
    }
    return VectorMath.sum(sum);
  }

  /// Numbers from `at` on with their moments; the gradient's begin at 0 of its own array.
  record Moving(float[] weights, float[] first, float[] second, int at) {}

  static void move(RowOptimizer optimizer, Moving n, float[] gradient, int from, int to) {
    switch (optimizer) {
      case Adam adam -> adam(adam, n, gradient, from, to);
      case Signum signum -> signum(signum, n, gradient, from, to);
      case Descent descent -> descent(descent.rate(), n, gradient, from, to);
    }
  }

  private static void adam(Adam rule, Moving n, float[] gradient, int from, int to) {
    FloatVector rate = broadcast(rule.rate() * rule.correction1());
    FloatVector epsilon = broadcast(Adam.EPSILON);
    FloatVector correction = broadcast(rule.correction2());
    float b1 = rule.beta1();
    float b2 = rule.beta2();
    for (int i = from; i < to; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, to);
      int at = n.at + i;
      FloatVector g = load(gradient, i, mask);
      FloatVector m = load(n.first, at, mask).mul(b1).add(g.mul(1 - b1));
      FloatVector v = load(n.second, at, mask).mul(b2).add(g.mul(g).mul(1 - b2));
      m.intoArray(n.first, at, mask);
      v.intoArray(n.second, at, mask);
      FloatVector root = v.sqrt().fma(correction, epsilon);
      load(n.weights, at, mask).sub(m.mul(rate).div(root)).intoArray(n.weights, at, mask);
    }
  }

  private static void signum(Signum rule, Moving n, float[] gradient, int from, int to) {
    FloatVector rate = broadcast(rule.rate());
    float memory = rule.momentum();
    for (int i = from; i < to; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, to);
      int at = n.at + i;
      FloatVector m = load(n.first, at, mask).mul(memory);
      m = m.add(load(gradient, i, mask).mul(1 - memory));
      m.intoArray(n.first, at, mask);
      FloatVector w = load(n.weights, at, mask);
      FloatVector lower = w.blend(w.sub(rate), m.compare(VectorOperators.GT, 0f));
      lower.blend(w.add(rate), m.compare(VectorOperators.LT, 0f)).intoArray(n.weights, at, mask);
    }
  }

  private static void descent(float rate, Moving n, float[] gradient, int from, int to) {
    for (int i = from; i < to; i++) {
      n.weights[n.at + i] -= rate * gradient[i];
    }
  }

  /// {@return the product of two rows}
  static float dot(float[] a, int at, float[] b, int from, int size) {
    FloatVector sum = zero();
    for (int c = 0; c < size; c += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(c, size);
      sum = load(a, at + c, mask).fma(load(b, from + c, mask), sum);
    }
    return VectorMath.sum(sum);
  }

  /// `out[at + c] += factor in[from + c]`.
  static void addScaled(float factor, float[] in, int from, float[] out, int at, int size) {
    add1(factor, in, from, out, at, size);
  }

  /// Divides a row by its norm; a row of zeros stays.
  static void normalise(float[] row, int at, int size) {
    float norm = (float) Math.sqrt(dot(row, at, row, at, size));
    for (int c = at; c < at + size && norm > 0; c++) {
      row[c] /= norm;
    }
  }
}
