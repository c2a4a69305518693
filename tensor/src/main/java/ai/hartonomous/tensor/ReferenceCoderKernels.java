package ai.hartonomous.tensor;

import ai.hartonomous.tensor.CoderState.Rows;
import ai.hartonomous.tensor.RowOptimizer.Adam;
import ai.hartonomous.tensor.RowOptimizer.Descent;
import ai.hartonomous.tensor.RowOptimizer.Signum;
import ai.hartonomous.tensor.RowUpdate.DecoderNorm;
import ai.hartonomous.tensor.RowUpdate.Reach;
import java.util.Arrays;
import java.util.List;

/// Coder kernels as plain loops on the caller's thread: the yardstick for all others.
final class ReferenceCoderKernels implements CoderKernels {

  ReferenceCoderKernels() {}

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void topK(Matrix x, Matrix encoder, float[] bias, TopKSearch search, SparseRows out) {
    CoderShapes.encoder(x, encoder, bias);
    int latents = encoder.rows();
    float[] z = new float[latents];
    out.clear();
    for (int r = 0; r < x.rows(); r++) {
      for (int i = 0; i < latents; i++) {
        z[i] = dot(x, r, encoder, i) + bias[i];
      }
      keepLargest(z, search.k(), out);
      out.endRow();
    }
  }

  private static void keepLargest(float[] z, int k, SparseRows out) {
    float[] sorted = z.clone();
    Arrays.sort(sorted);
    float least = k >= z.length ? 0 : Math.max(0, sorted[z.length - k]);
    int room = k;
    for (float value : z) {
      room -= value > least ? 1 : 0;
    }
    for (int i = 0; i < z.length; i++) {
      if (z[i] > least || (z[i] == least && least > 0 && room-- > 0)) {
        out.add(i, z[i]);
      }
    }
  }

  private static float dot(Matrix a, int i, Matrix b, int j) {
    float sum = 0;
    for (int c = 0; c < a.cols(); c++) {
      sum += a.at(i, c) * b.at(j, c);
    }
    return sum;
  }

  @Override
  public double residual(
      SparseRows active, Matrix decoder, Matrix target, float scale, Matrix out, float[] dValues) {
    CoderShapes.residual(active, decoder, target, out, dValues);
    double sum = 0;
    for (int r = 0; r < out.rows(); r++) {
      int from = active.starts()[r];
      int to = active.starts()[r + 1];
      for (int e = from; e < to; e++) {
        addRow(active.values()[e], decoder, active.columns()[e], out, r);
      }
      for (int c = 0; c < out.cols(); c++) {
        float error = out.at(r, c) - target.at(r, c);
        sum += (double) error * error;
        out.data()[out.rowOffset(r) + c] = scale * error;
      }
      for (int e = from; e < to; e++) {
        dValues[e] = dot(out, r, decoder, active.columns()[e]);
      }
    }
    return sum;
  }

  /// `b[j] += factor a[i]` for rows.
  private static void addRow(float factor, Matrix a, int i, Matrix b, int j) {
    for (int c = 0; c < a.cols(); c++) {
      b.data()[b.rowOffset(j) + c] += factor * a.at(i, c);
    }
  }

  @Override
  public void update(List<Part> parts, RowUpdate update, CoderState state) {
    CoderShapes.update(parts, update, state);
    Rows gradient = state.weights().zeros();
    boolean[] touched = new boolean[gradient.bias().length];
    for (Part part : parts) {
      SparseRows active = part.active();
      for (int r = 0; r < active.rows(); r++) {
        for (int e = active.starts()[r]; e < active.starts()[r + 1]; e++) {
          int i = active.columns()[e];
          touched[i] = true;
          gradient.bias()[i] += part.dValues()[e];
          addRow(part.dValues()[e], part.x(), r, gradient.encoder(), i);
          addRow(active.values()[e], part.dY(), r, gradient.decoder(), i);
        }
      }
    }
    for (int i = 0; i < touched.length; i++) {
      boolean moves = touched[i] || (update.reach() == Reach.EVERY && state.hasMoved(i));
      if (moves) {
        move(i, gradient, update, state);
      }
    }
  }

  private void move(int i, Rows gradient, RowUpdate update, CoderState state) {
    Matrix decoder = state.weights().decoder();
    if (update.pull().length > 0) {
      addRow(update.pull()[i], decoder, i, gradient.decoder(), i);
    }
    if (update.norm() == DecoderNorm.UNIT) {
      addRow(-dot(gradient.decoder(), i, decoder, i), decoder, i, gradient.decoder(), i);
    }
    for (int c = 0; c < gradient.encoder().cols(); c++) {
      int at = state.weights().encoder().rowOffset(i) + c;
      step(update.optimizer(), at, gradient.encoder().data(), encoders(state));
    }
    for (int c = 0; c < decoder.cols(); c++) {
      step(
          update.optimizer(), decoder.rowOffset(i) + c, gradient.decoder().data(), decoders(state));
    }
    step(update.optimizer(), i, gradient.bias(), biases(state));
    if (update.norm() == DecoderNorm.UNIT) {
      float norm = (float) Math.sqrt(dot(decoder, i, decoder, i));
      for (int c = 0; c < decoder.cols() && norm > 0; c++) {
        decoder.data()[decoder.rowOffset(i) + c] /= norm;
      }
    }
  }

  private static Numbers encoders(CoderState s) {
    return new Numbers(
        s.weights().encoder().data(), s.first().encoder().data(), s.second().encoder().data());
  }

  private static Numbers decoders(CoderState s) {
    return new Numbers(
        s.weights().decoder().data(), s.first().decoder().data(), s.second().decoder().data());
  }

  private static Numbers biases(CoderState s) {
    return new Numbers(s.weights().bias(), s.first().bias(), s.second().bias());
  }

  private record Numbers(float[] weights, float[] first, float[] second) {}

  @Override
  public void step(
      RowOptimizer optimizer, float[] weights, float[] gradient, float[] first, float[] second) {
    Shapes.adam(weights, gradient, first, second);
    Numbers numbers = new Numbers(weights, first, second);
    for (int i = 0; i < weights.length; i++) {
      step(optimizer, i, gradient, numbers);
    }
  }

  private static void step(RowOptimizer optimizer, int i, float[] gradient, Numbers n) {
    float g = gradient[i];
    switch (optimizer) {
      case Adam adam -> {
        float m = adam.beta1() * n.first[i] + (1 - adam.beta1()) * g;
        float v = adam.beta2() * n.second[i] + (1 - adam.beta2()) * g * g;
        n.first[i] = m;
        n.second[i] = v;
        float root = (float) Math.sqrt(v) * adam.correction2() + Adam.EPSILON;
        n.weights[i] -= adam.rate() * adam.correction1() * m / root;
      }
      case Signum signum -> {
        float m = signum.momentum() * n.first[i] + (1 - signum.momentum()) * g;
        n.first[i] = m;
        n.weights[i] -= signum.rate() * Math.signum(m);
      }
      case Descent descent -> n.weights[i] -= descent.rate() * g;
    }
  }

  @Override
  public void close() {}
}
