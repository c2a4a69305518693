package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Activations and gated products of a range of elements. A piece at a time, values and slopes are
/// computed into small buffers, so each activation is written once. What is done with them are
/// plain loops, which the compiler turns into vectors itself; masks for the last piece cost a third
/// of a training step. One instance belongs to one thread.
final class ActivationKernels {

  private static final int PIECE = 1024;
  private static final float ROOT_2_OVER_PI = 0.7978845608f;
  private static final float CUBIC = 0.044715f;
  private static final float INVERSE_ROOT_2_PI = 0.39894228f;

  private final float[] x = new float[PIECE];
  private final float[] values = new float[PIECE];
  private final float[] slopes = new float[PIECE];

  /// `out = activation(in)`.
  void activate(Activation activation, float[] in, float[] out, int from, int to) {
    for (int at = from; at < to; at += PIECE) {
      int size = Math.min(PIECE, to - at);
      System.arraycopy(in, at, x, 0, size);
      values(activation, size);
      System.arraycopy(values, 0, out, at, size);
    }
  }

  /// `dIn += activation'(in) dOut`.
  void backward(Activation activation, float[] in, float[] dOut, float[] dIn, int from, int to) {
    for (int at = from; at < to; at += PIECE) {
      int size = Math.min(PIECE, to - at);
      System.arraycopy(in, at, x, 0, size);
      slopes(activation, size);
      for (int i = 0; i < size; i++) {
        dIn[at + i] = Math.fma(slopes[i], dOut[at + i], dIn[at + i]);
      }
    }
  }

  /// `out = activation(gate) up`.
  void gate(Activation activation, Kernels.Gated in, float[] out, int from, int to) {
    for (int at = from; at < to; at += PIECE) {
      int size = Math.min(PIECE, to - at);
      System.arraycopy(in.gate(), at, x, 0, size);
      values(activation, size);
      float[] up = in.up();
      for (int i = 0; i < size; i++) {
        out[at + i] = values[i] * up[at + i];
      }
    }
  }

  /// `dGate += activation'(gate) up dOut`, `dUp += activation(gate) dOut`.
  void gateBackward(
      Activation activation, Kernels.Gated in, float[] dOut, Kernels.Gated dIn, int from, int to) {
    for (int at = from; at < to; at += PIECE) {
      int size = Math.min(PIECE, to - at);
      System.arraycopy(in.gate(), at, x, 0, size);
      slopes(activation, size);
      float[] up = in.up();
      float[] dGate = dIn.gate();
      float[] dUp = dIn.up();
      for (int i = 0; i < size; i++) {
        dGate[at + i] = Math.fma(slopes[i] * up[at + i], dOut[at + i], dGate[at + i]);
      }
      for (int i = 0; i < size; i++) {
        dUp[at + i] = Math.fma(values[i], dOut[at + i], dUp[at + i]);
      }
    }
  }

  /// Fills `values` from `x`.
  private void values(Activation activation, int size) {
    switch (activation) {
      case RELU -> relu(size);
      case GELU -> gelu(size);
      case GELU_TANH -> geluTanh(size);
      case SILU -> silu(size);
    }
  }

  private void relu(int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      v.blend(0f, v.compare(VectorOperators.LT, 0f)).intoArray(values, i);
    }
  }

  private void gelu(int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      v.mul(VectorMath.normal(v, VectorMath.bell(v))).intoArray(values, i);
    }
  }

  /// `(1 + tanh(u)) / 2 = logistic(2 u)`.
  private void geluTanh(int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      v.mul(VectorMath.logistic(doubleInner(v))).intoArray(values, i);
    }
  }

  private static FloatVector doubleInner(FloatVector v) {
    return v.mul(v).fma(broadcast(CUBIC), broadcast(1f)).mul(v).mul(2 * ROOT_2_OVER_PI);
  }

  private void silu(int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      v.mul(VectorMath.logistic(v)).intoArray(values, i);
    }
  }

  /// Fills `values` and `slopes` from `x`.
  private void slopes(Activation activation, int size) {
    switch (activation) {
      case RELU -> reluSlope(size);
      case GELU -> geluSlope(size);
      case GELU_TANH -> geluTanhSlope(size);
      case SILU -> siluSlope(size);
    }
  }

  private void reluSlope(int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      VectorMask<Float> above = v.compare(VectorOperators.GT, 0f);
      VectorMath.zero().blend(v, above).intoArray(values, i);
      VectorMath.zero().blend(1f, above).intoArray(slopes, i);
    }
  }

  private void geluSlope(int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      FloatVector bell = VectorMath.bell(v);
      FloatVector normal = VectorMath.normal(v, bell);
      v.mul(normal).intoArray(values, i);
      bell.mul(INVERSE_ROOT_2_PI).fma(v, normal).intoArray(slopes, i);
    }
  }

  private void geluTanhSlope(int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      FloatVector s = VectorMath.logistic(doubleInner(v));
      FloatVector inner = v.mul(v).mul(3 * CUBIC).add(1f).mul(2 * ROOT_2_OVER_PI);
      FloatVector value = v.mul(s);
      value.intoArray(values, i);
      // s + x s (1 - s) inner'
      s.neg().add(1f).mul(inner).fma(value, s).intoArray(slopes, i);
    }
  }

  private void siluSlope(int size) {
    for (int i = 0; i < size; i += LANES) {
      FloatVector v = load(x, i);
      FloatVector s = VectorMath.logistic(v);
      FloatVector value = v.mul(s);
      value.intoArray(values, i);
      s.neg().add(1f).fma(value, s).intoArray(slopes, i);
    }
  }
}
