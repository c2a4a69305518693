package ai.hartonomous.tensor;

import org.jspecify.annotations.Nullable;

/// Plain loops on the calling thread, sums in double precision. Slow and obvious: the yardstick for
/// other implementations, and what runs where there is no faster one.
public final class ReferenceKernels implements Kernels {

  private static final float[] NONE = {};

  /// There is nothing to configure.
  public ReferenceKernels() {}

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void multiply(Matrix a, Matrix b, Matrix c) {
    product(a, b, c, 0);
  }

  @Override
  public void multiplyAdd(Matrix a, Matrix b, Matrix c) {
    product(a, b, c, 1);
  }

  private static void product(Matrix a, Matrix b, Matrix c, int keep) {
    Shapes.product(a, b, c);
    for (int m = 0; m < c.rows(); m++) {
      for (int n = 0; n < c.cols(); n++) {
        double sum = keep * c.at(m, n);
        for (int k = 0; k < a.cols(); k++) {
          sum += (double) a.at(m, k) * b.at(k, n);
        }
        c.data()[c.offset() + m * c.rowStride() + n * c.colStride()] = (float) sum;
      }
    }
  }

  @Override
  public void project(Matrix x, Weight weight, float @Nullable [] bias, Matrix out) {
    Shapes.projection(x, weight, bias == null ? NONE : bias, out);
    float[] row = new float[weight.cols()];
    for (int n = 0; n < weight.rows(); n++) {
      weight.readRow(n, row, 0);
      for (int r = 0; r < x.rows(); r++) {
        double sum = bias == null ? 0 : bias[n];
        for (int k = 0; k < row.length; k++) {
          sum += (double) x.at(r, k) * row[k];
        }
        out.data()[out.rowOffset(r) + n] = (float) sum;
      }
    }
  }

  @Override
  public void sumRows(Matrix x, float[] dBias) {
    Shapes.rowMajor("x", x);
    Shapes.atLeast("dBias", dBias.length, x.cols());
    for (int c = 0; c < x.cols(); c++) {
      double sum = dBias[c];
      for (int r = 0; r < x.rows(); r++) {
        sum += x.at(r, c);
      }
      dBias[c] = (float) sum;
    }
  }

  @Override
  public void gather(Weight table, int[] ids, Matrix out) {
    Shapes.rows(ids, table, out);
    for (int r = 0; r < out.rows(); r++) {
      table.readRow(ids[r], out.data(), out.rowOffset(r));
    }
  }

  @Override
  public void scatterAdd(Matrix dOut, int[] ids, Matrix dTable) {
    Shapes.rows(ids, dTable, dOut);
    Shapes.rowMajor("dTable", dTable);
    for (int r = 0; r < dOut.rows(); r++) {
      for (int c = 0; c < dOut.cols(); c++) {
        dTable.data()[dTable.rowOffset(ids[r]) + c] += dOut.at(r, c);
      }
    }
  }

  @Override
  public void add(float[] a, float[] b, float[] out, int size) {
    Shapes.atLeast("a", a.length, size);
    Shapes.atLeast("b", b.length, size);
    Shapes.atLeast("out", out.length, size);
    for (int i = 0; i < size; i++) {
      out[i] = a[i] + b[i];
    }
  }

  @Override
  public void addScaled(float scale, float[] x, float[] out, int size) {
    Shapes.atLeast("x", x.length, size);
    Shapes.atLeast("out", out.length, size);
    for (int i = 0; i < size; i++) {
      out[i] += scale * x[i];
    }
  }

  @Override
  public void norm(Norm norm, Matrix x, Matrix out, float[] stats) {
    Shapes.norm(norm, x, stats);
    Shapes.same("out", out, x);
    float[] bias = norm.bias();
    for (int r = 0; r < x.rows(); r++) {
      double mean = norm.kind() == Norm.Kind.LAYER ? mean(x, r) : 0;
      double squares = 0;
      for (int c = 0; c < x.cols(); c++) {
        squares += (x.at(r, c) - mean) * (x.at(r, c) - mean);
      }
      double inverse = 1 / Math.sqrt(squares / x.cols() + norm.epsilon());
      stats[2 * r] = (float) mean;
      stats[2 * r + 1] = (float) inverse;
      for (int c = 0; c < x.cols(); c++) {
        double y = (x.at(r, c) - mean) * inverse * norm.gain()[c];
        out.data()[out.rowOffset(r) + c] = (float) (bias == null ? y : y + bias[c]);
      }
    }
  }

  private static double mean(Matrix x, int row) {
    double sum = 0;
    for (int c = 0; c < x.cols(); c++) {
      sum += x.at(row, c);
    }
    return sum / x.cols();
  }

  @Override
  public void normBackward(
      Norm norm, Matrix x, float[] stats, Matrix dOut, Matrix dX, @Nullable Norm dNorm) {
    Shapes.norm(norm, x, stats);
    Shapes.same("dOut", dOut, x);
    Shapes.same("dX", dX, x);
    for (int r = 0; r < x.rows(); r++) {
      double mean = stats[2 * r];
      double inverse = stats[2 * r + 1];
      // With h = (x - mean) inverse and g = dOut gain: dX = inverse (g - mean(g) - h mean(g h)),
      // without mean(g) for RMS, which subtracts no mean.
      double sum = 0;
      double product = 0;
      for (int c = 0; c < x.cols(); c++) {
        double g = (double) dOut.at(r, c) * norm.gain()[c];
        sum += g;
        product += g * (x.at(r, c) - mean) * inverse;
      }
      sum = norm.kind() == Norm.Kind.LAYER ? sum / x.cols() : 0;
      product /= x.cols();
      for (int c = 0; c < x.cols(); c++) {
        double g = (double) dOut.at(r, c) * norm.gain()[c];
        double h = (x.at(r, c) - mean) * inverse;
        dX.data()[dX.rowOffset(r) + c] += (float) (inverse * (g - sum - h * product));
      }
    }
    if (dNorm != null) {
      addNormGradient(x, stats, dOut, dNorm);
    }
  }

  private static void addNormGradient(Matrix x, float[] stats, Matrix dOut, Norm dNorm) {
    Shapes.norm(dNorm, x, stats);
    float[] dBias = dNorm.bias();
    for (int c = 0; c < x.cols(); c++) {
      double gain = 0;
      double bias = 0;
      for (int r = 0; r < x.rows(); r++) {
        gain += (double) dOut.at(r, c) * (x.at(r, c) - stats[2 * r]) * stats[2 * r + 1];
        bias += dOut.at(r, c);
      }
      dNorm.gain()[c] += (float) gain;
      if (dBias != null) {
        dBias[c] += (float) bias;
      }
    }
  }

  @Override
  public void activate(Activation activation, float[] x, float[] out, int size) {
    Shapes.atLeast("x", x.length, size);
    Shapes.atLeast("out", out.length, size);
    for (int i = 0; i < size; i++) {
      out[i] = (float) ReferenceActivations.value(activation, x[i]);
    }
  }

  @Override
  public void activateBackward(
      Activation activation, float[] x, float[] dOut, float[] dX, int size) {
    Shapes.atLeast("x", x.length, size);
    Shapes.atLeast("dOut", dOut.length, size);
    Shapes.atLeast("dX", dX.length, size);
    for (int i = 0; i < size; i++) {
      dX[i] += (float) (ReferenceActivations.slope(activation, x[i]) * dOut[i]);
    }
  }

  @Override
  public void gate(Activation activation, float[] gate, float[] up, float[] out, int size) {
    Shapes.atLeast("gate", gate.length, size);
    Shapes.atLeast("up", up.length, size);
    Shapes.atLeast("out", out.length, size);
    for (int i = 0; i < size; i++) {
      out[i] = (float) (ReferenceActivations.value(activation, gate[i]) * up[i]);
    }
  }

  @Override
  public void gateBackward(Activation activation, Gated in, float[] dOut, Gated dIn, int size) {
    Shapes.gated(in, size);
    Shapes.gated(dIn, size);
    Shapes.atLeast("dOut", dOut.length, size);
    for (int i = 0; i < size; i++) {
      double gate = in.gate()[i];
      double slope = ReferenceActivations.slope(activation, gate);
      dIn.gate()[i] += (float) (slope * in.up()[i] * dOut[i]);
      dIn.up()[i] += (float) (ReferenceActivations.value(activation, gate) * dOut[i]);
    }
  }

  @Override
  public void rotate(Rotary rotary, Matrix x, int headWidth, int[] positions) {
    turn(rotary, x, headWidth, positions, 1);
  }

  @Override
  public void rotateBack(Rotary rotary, Matrix x, int headWidth, int[] positions) {
    turn(rotary, x, headWidth, positions, -1);
  }

  private static void turn(Rotary rotary, Matrix x, int headWidth, int[] positions, int direction) {
    Shapes.rotation(rotary, x, headWidth, positions);
    int half = rotary.dims() / 2;
    for (int r = 0; r < x.rows(); r++) {
      for (int head = 0; head < x.cols(); head += headWidth) {
        for (int i = 0; i < half; i++) {
          float cos = rotary.cos()[positions[r] * half + i];
          float sin = rotary.sin()[positions[r] * half + i] * direction;
          int at = x.rowOffset(r) + head + i;
          float first = x.data()[at];
          float second = x.data()[at + half];
          x.data()[at] = first * cos - second * sin;
          x.data()[at + half] = second * cos + first * sin;
        }
      }
    }
  }

  @Override
  public void attentionPattern(AttentionShape shape, float[] q, float[] k, float[] pattern) {
    ReferenceAttention.pattern(shape, q, k, pattern);
  }

  @Override
  public void attentionPatternBackward(
      AttentionShape shape, QueryKey in, float[] pattern, float[] dPattern, QueryKey dIn) {
    ReferenceAttention.patternBackward(shape, in, pattern, dPattern, dIn);
  }

  @Override
  public void attentionOutput(AttentionShape shape, float[] pattern, float[] v, float[] z) {
    ReferenceAttention.output(shape, pattern, v, z);
  }

  @Override
  public void attentionOutputBackward(
      AttentionShape shape, PatternValue in, float[] dZ, float[] dPattern, float[] dV) {
    ReferenceAttention.outputBackward(shape, in, dZ, dPattern, dV);
  }

  @Override
  public void softmax(Matrix rows) {
    ReferenceLosses.softmax(rows);
  }

  @Override
  public void crossEntropy(Matrix logits, int[] targets, float[] losses) {
    ReferenceLosses.crossEntropy(logits, targets, losses);
  }

  @Override
  public void crossEntropyBackward(Matrix logits, int[] targets, float scale, Matrix dLogits) {
    ReferenceLosses.crossEntropyBackward(logits, targets, scale, dLogits);
  }

  @Override
  public void divergence(Matrix teacher, Matrix student, float temperature, float[] losses) {
    ReferenceLosses.divergence(teacher, student, temperature, losses);
  }

  @Override
  public void divergenceBackward(
      Matrix teacher, Matrix student, float temperature, float[] rowScale, Matrix dStudent) {
    ReferenceLosses.divergenceBackward(teacher, student, temperature, rowScale, dStudent);
  }

  @Override
  public double sumOfSquares(float[] x) {
    double sum = 0;
    for (float value : x) {
      sum += (double) value * value;
    }
    return sum;
  }

  @Override
  public void adamW(AdamStep step, float[] weights, float[] gradient, float[] m, float[] v) {
    Shapes.adam(weights, gradient, m, v);
    double correction1 = 1 - Math.pow(step.beta1(), step.step());
    double correction2 = 1 - Math.pow(step.beta2(), step.step());
    for (int i = 0; i < weights.length; i++) {
      double g = (double) gradient[i] * step.gradientScale();
      m[i] = (float) (step.beta1() * m[i] + (1 - step.beta1()) * g);
      v[i] = (float) (step.beta2() * v[i] + (1 - step.beta2()) * g * g);
      double root = Math.sqrt(v[i] / correction2) + AdamStep.EPSILON;
      double change = m[i] / correction1 / root + step.weightDecay() * weights[i];
      weights[i] -= (float) (step.rate() * change);
    }
  }

  @Override
  public void close() {
    // There are no threads to end.
  }
}
