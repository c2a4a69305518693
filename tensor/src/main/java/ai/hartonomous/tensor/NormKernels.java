package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.first;
import static ai.hartonomous.tensor.VectorMath.load;
import static ai.hartonomous.tensor.VectorMath.zero;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/// Normalisation of rows, its gradient, and sums over columns.
final class NormKernels {

  private NormKernels() {}

  static void row(Norm norm, Matrix x, int row, Matrix out, float[] stats) {
    int width = x.cols();
    int at = x.rowOffset(row);
    float mean = norm.kind() == Norm.Kind.LAYER ? sum(x.data(), at, width) / width : 0;
    float squares = squares(x.data(), at, width, mean);
    float inverse = (float) (1 / Math.sqrt(squares / width + norm.epsilon()));
    stats[2 * row] = mean;
    stats[2 * row + 1] = inverse;
    float[] bias = norm.bias();
    int to = out.rowOffset(row);
    for (int i = 0; i < width; i += LANES) {
      VectorMask<Float> mask = first(width - i);
      FloatVector h = load(x.data(), at + i, mask).sub(mean).mul(inverse);
      FloatVector shift = bias == null ? zero() : load(bias, i, mask);
      h.fma(load(norm.gain(), i, mask), shift).intoArray(out.data(), to + i, mask);
    }
  }

  private static float sum(float[] x, int at, int size) {
    FloatVector sum = zero();
    for (int i = 0; i < size; i += LANES) {
      sum = sum.add(load(x, at + i, first(size - i)));
    }
    return VectorMath.sum(sum);
  }

  private static float squares(float[] x, int at, int size, float mean) {
    FloatVector sum = zero();
    for (int i = 0; i < size; i += LANES) {
      VectorMask<Float> mask = first(size - i);
      FloatVector d = load(x, at + i, mask).sub(broadcast(mean), mask);
      sum = d.fma(d, sum);
    }
    return VectorMath.sum(sum);
  }

  /// Adds to row `row` of `dX`: with `h = (x - mean) inverse` and `g = dOut gain`, `dX += inverse
  /// (g - mean(g) - h mean(g h))`, without `mean(g)` for RMS.
  static void rowBackward(Norm norm, Matrix x, int row, float[] stats, Matrix dOut, Matrix dX) {
    int width = x.cols();
    float mean = stats[2 * row];
    float inverse = stats[2 * row + 1];
    int at = x.rowOffset(row);
    int dAt = dOut.rowOffset(row);
    FloatVector sum = zero();
    FloatVector product = zero();
    for (int i = 0; i < width; i += LANES) {
      VectorMask<Float> mask = first(width - i);
      FloatVector g = load(dOut.data(), dAt + i, mask).mul(load(norm.gain(), i, mask));
      FloatVector h = load(x.data(), at + i, mask).sub(mean).mul(inverse);
      sum = sum.add(g);
      product = g.fma(h, product);
    }
    float meanG = norm.kind() == Norm.Kind.LAYER ? VectorMath.sum(sum) / width : 0;
    FloatVector meanGh = broadcast(-VectorMath.sum(product) / width);
    int to = dX.rowOffset(row);
    for (int i = 0; i < width; i += LANES) {
      VectorMask<Float> mask = first(width - i);
      FloatVector g = load(dOut.data(), dAt + i, mask).mul(load(norm.gain(), i, mask));
      FloatVector h = load(x.data(), at + i, mask).sub(mean).mul(inverse);
      h.fma(meanGh, g.sub(meanG))
          .fma(broadcast(inverse), load(dX.data(), to + i, mask))
          .intoArray(dX.data(), to + i, mask);
    }
  }

  /// Adds to columns `from` to `to` of the gradients of gain and bias.
  static void columnsBackward(Norm dNorm, Matrix x, float[] stats, Matrix dOut, int from, int to) {
    float[] dBias = dNorm.bias();
    for (int c = from; c < to; c += LANES) {
      VectorMask<Float> mask = first(to - c);
      FloatVector gain = zero();
      FloatVector bias = zero();
      for (int r = 0; r < x.rows(); r++) {
        FloatVector g = load(dOut.data(), dOut.rowOffset(r) + c, mask);
        FloatVector h = load(x.data(), x.rowOffset(r) + c, mask).sub(stats[2 * r]);
        gain = g.fma(h.mul(stats[2 * r + 1]), gain);
        bias = bias.add(g);
      }
      addTo(dNorm.gain(), c, gain, mask);
      addTo(dBias, c, bias, mask);
    }
  }

  /// Adds columns `from` to `to`, summed over rows, to `out`.
  static void sumRows(Matrix x, float[] out, int from, int to) {
    for (int c = from; c < to; c += LANES) {
      VectorMask<Float> mask = first(to - c);
      FloatVector sum = zero();
      for (int r = 0; r < x.rows(); r++) {
        sum = sum.add(load(x.data(), x.rowOffset(r) + c, mask));
      }
      addTo(out, c, sum, mask);
    }
  }

  private static void addTo(float @Nullable [] out, int at, FloatVector v, VectorMask<Float> mask) {
    if (out != null) {
      load(out, at, mask).add(v).intoArray(out, at, mask);
    }
  }
}
