package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.SPECIES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.first;
import static ai.hartonomous.tensor.VectorMath.load;

import ai.hartonomous.tensor.Kernels.AdamStep;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Elementwise operations on ranges.
final class ElementKernels {

  private ElementKernels() {}

  static void add(float[] a, float[] b, float[] out, int from, int to) {
    for (int i = from; i < to; i++) {
      out[i] = a[i] + b[i];
    }
  }

  static void addScaled(float scale, float[] x, float[] out, int from, int to) {
    for (int i = from; i < to; i++) {
      out[i] += scale * x[i];
    }
  }

  /// `out[outAt + i] += x[at + i]` for `size` elements.
  static void addAt(float[] x, int at, float[] out, int outAt, int size) {
    for (int i = 0; i < size; i += LANES) {
      VectorMask<Float> mask = first(size - i);
      load(x, at + i, mask).add(load(out, outAt + i, mask)).intoArray(out, outAt + i, mask);
    }
  }

  static double sumOfSquares(float[] x, int from, int to) {
    DoubleVector low = DoubleVector.zero(DoubleVector.SPECIES_PREFERRED);
    DoubleVector high = low;
    for (int i = from; i < to; i += LANES) {
      FloatVector v = load(x, i, SPECIES.indexInRange(i, to));
      DoubleVector a = (DoubleVector) v.convert(VectorOperators.F2D, 0);
      DoubleVector b = (DoubleVector) v.convert(VectorOperators.F2D, 1);
      low = a.fma(a, low);
      high = b.fma(b, high);
    }
    double[] lanes = low.add(high).toArray();
    double sum = 0;
    for (double lane : lanes) {
      sum += lane;
    }
    return sum;
  }

  /// Turns the first `dims` numbers of one head.
  ///
  /// @param rotary angles
  /// @param angle first entry of the position in both tables
  /// @param direction 1, or -1 to turn back
  /// @param x numbers
  /// @param at first number of the head
  static void turn(Rotary rotary, int angle, float direction, float[] x, int at) {
    int half = rotary.dims() / 2;
    for (int i = 0; i < half; i += LANES) {
      VectorMask<Float> mask = first(half - i);
      FloatVector cos = load(rotary.cos(), angle + i, mask);
      FloatVector sin = load(rotary.sin(), angle + i, mask).mul(direction);
      FloatVector a = load(x, at + i, mask);
      FloatVector b = load(x, at + half + i, mask);
      a.mul(cos).sub(b.mul(sin)).intoArray(x, at + i, mask);
      b.mul(cos).add(a.mul(sin)).intoArray(x, at + half + i, mask);
    }
  }

  /// What {@link #adamW} needs of one tensor.
  record Moments(float[] weights, float[] gradient, float[] first, float[] second) {}

  static void adamW(AdamStep step, Moments t, int from, int to) {
    float correction1 = (float) (1 / (1 - Math.pow(step.beta1(), step.step())));
    float correction2 = (float) (1 / (1 - Math.pow(step.beta2(), step.step())));
    FloatVector epsilon = broadcast(AdamStep.EPSILON);
    for (int i = from; i < to; i += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(i, to);
      FloatVector g = load(t.gradient, i, mask).mul(step.gradientScale());
      FloatVector m = load(t.first, i, mask).mul(step.beta1()).add(g.mul(1 - step.beta1()));
      FloatVector v = load(t.second, i, mask).mul(step.beta2()).add(g.mul(g).mul(1 - step.beta2()));
      FloatVector w = load(t.weights, i, mask);
      FloatVector root = v.mul(correction2).sqrt().add(epsilon);
      FloatVector change = m.mul(correction1).div(root).add(w.mul(step.weightDecay()));
      m.intoArray(t.first, i, mask);
      v.intoArray(t.second, i, mask);
      w.sub(change.mul(step.rate())).intoArray(t.weights, i, mask);
    }
  }
}
