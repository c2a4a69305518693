package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.first;
import static ai.hartonomous.tensor.VectorMath.load;
import static ai.hartonomous.tensor.VectorMath.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// Softmax, and losses made from it, of single rows.
final class LossKernels {

  private LossKernels() {}

  /// {@return the largest of `scale * x`}
  static float max(float[] x, int at, int size, float scale) {
    FloatVector most = broadcast(Float.NEGATIVE_INFINITY);
    int i = 0;
    for (; i <= size - LANES; i += LANES) {
      most = VectorMath.max(most, load(x, at + i).mul(scale));
    }
    if (i < size) {
      VectorMask<Float> mask = first(size - i);
      FloatVector v = load(x, at + i, mask).mul(scale);
      most = most.blend(VectorMath.max(most, v), mask);
    }
    return VectorMath.max(most);
  }

  /// {@return `Σ exp(scale * x - shift)`}
  static float sumExp(float[] x, int at, int size, float scale, float shift) {
    FloatVector sum = zero();
    int i = 0;
    for (; i <= size - LANES; i += LANES) {
      sum = sum.add(VectorMath.exp(load(x, at + i).mul(scale).sub(shift)));
    }
    if (i < size) {
      VectorMask<Float> mask = first(size - i);
      FloatVector e = VectorMath.exp(load(x, at + i, mask).mul(scale).sub(shift));
      sum = sum.add(e, mask);
    }
    return VectorMath.sum(sum);
  }

  /// Replaces `size` numbers by the softmax of `scale` times them.
  static void softmax(float[] x, int at, int size, float scale) {
    float max = max(x, at, size, scale);
    FloatVector total = zero();
    int i = 0;
    for (; i <= size - LANES; i += LANES) {
      FloatVector e = VectorMath.exp(load(x, at + i).mul(scale).sub(max));
      e.intoArray(x, at + i);
      total = total.add(e);
    }
    VectorMask<Float> mask = first(size - i);
    if (i < size) {
      FloatVector e = VectorMath.exp(load(x, at + i, mask).mul(scale).sub(max));
      e.intoArray(x, at + i, mask);
      total = total.add(e, mask);
    }
    float inverse = 1 / VectorMath.sum(total);
    int whole = i;
    for (i = 0; i < whole; i += LANES) {
      load(x, at + i).mul(inverse).intoArray(x, at + i);
    }
    if (i < size) {
      load(x, at + i, mask).mul(inverse).intoArray(x, at + i, mask);
    }
  }

  /// Turns the gradient `d` of a softmax `p` into that of its argument: `d = p (d - Σ p d)`.
  static void softmaxBackward(float[] p, int at, float[] d, int dAt, int size) {
    FloatVector dot = zero();
    int i = 0;
    for (; i <= size - LANES; i += LANES) {
      dot = load(p, at + i).fma(load(d, dAt + i), dot);
    }
    VectorMask<Float> mask = first(size - i);
    if (i < size) {
      dot = load(p, at + i, mask).fma(load(d, dAt + i, mask), dot);
    }
    float mean = VectorMath.sum(dot);
    int whole = i;
    for (i = 0; i < whole; i += LANES) {
      load(d, dAt + i).sub(mean).mul(load(p, at + i)).intoArray(d, dAt + i);
    }
    if (i < size) {
      load(d, dAt + i, mask).sub(mean).mul(load(p, at + i, mask)).intoArray(d, dAt + i, mask);
    }
  }

  /// One row's `log Σ exp(scale x) = max + log(sum)`.
  ///
  /// @param scale factor of the row
  /// @param max largest of the scaled numbers
  /// @param sum of `exp(scale x - max)`
  private record Normaliser(float scale, float max, float sum) {
    static Normaliser of(Matrix x, int row, float scale) {
      int at = x.rowOffset(row);
      float max = LossKernels.max(x.data(), at, x.cols(), scale);
      return new Normaliser(scale, max, sumExp(x.data(), at, x.cols(), scale, max));
    }

    double log() {
      return max + Math.log(sum);
    }
  }

  static float crossEntropy(Matrix logits, int row, int target) {
    return (float) (Normaliser.of(logits, row, 1).log() - logits.at(row, target));
  }

  static void crossEntropyBackward(Matrix logits, int row, int target, float scale, Matrix out) {
    Normaliser n = Normaliser.of(logits, row, 1);
    float factor = scale / n.sum;
    int at = logits.rowOffset(row);
    int to = out.rowOffset(row);
    for (int i = 0; i < logits.cols(); i += LANES) {
      VectorMask<Float> mask = first(logits.cols() - i);
      FloatVector e = VectorMath.exp(load(logits.data(), at + i, mask).sub(n.max));
      e.mul(factor).intoArray(out.data(), to + i, mask);
    }
    out.data()[to + target] -= scale;
  }

  static float divergence(Matrix teacher, Matrix student, int row, float temperature) {
    Normaliser p = Normaliser.of(teacher, row, 1 / temperature);
    Normaliser q = Normaliser.of(student, row, 1 / temperature);
    // log p - log q = (t - max t) - (s - max s) - shift, with both logits scaled
    float shift = (float) (Math.log(p.sum) - Math.log(q.sum));
    FloatVector sum = zero();
    for (int i = 0; i < teacher.cols(); i += LANES) {
      VectorMask<Float> mask = first(teacher.cols() - i);
      FloatVector t =
          load(teacher.data(), teacher.rowOffset(row) + i, mask).mul(p.scale).sub(p.max);
      FloatVector s =
          load(student.data(), student.rowOffset(row) + i, mask).mul(q.scale).sub(q.max);
      sum = sum.add(t.sub(s).sub(shift).mul(VectorMath.exp(t)), mask);
    }
    return temperature * temperature * VectorMath.sum(sum) / p.sum;
  }

  static void divergenceBackward(
      Matrix teacher, Matrix student, int row, float temperature, float scale, Matrix out) {
    Normaliser p = Normaliser.of(teacher, row, 1 / temperature);
    Normaliser q = Normaliser.of(student, row, 1 / temperature);
    float[] d = out.data();
    int at = out.rowOffset(row);
    for (int i = 0; i < student.cols(); i += LANES) {
      VectorMask<Float> mask = first(student.cols() - i);
      FloatVector s = load(student.data(), student.rowOffset(row) + i, mask).mul(q.scale);
      VectorMath.exp(s.sub(q.max)).mul(scale * temperature / q.sum).intoArray(d, at + i, mask);
    }
    FloatVector factor = broadcast(-scale * temperature / p.sum);
    for (int i = 0; i < teacher.cols(); i += LANES) {
      VectorMask<Float> mask = first(teacher.cols() - i);
      FloatVector t = load(teacher.data(), teacher.rowOffset(row) + i, mask).mul(p.scale);
      VectorMath.exp(t.sub(p.max)).fma(factor, load(d, at + i, mask)).intoArray(d, at + i, mask);
    }
  }
}
