package ai.hartonomous.tensor;

import ai.hartonomous.tensor.ElementKernels.Moments;
import ai.hartonomous.tensor.Gemm.Mode;
import ai.hartonomous.tensor.Gemm.Product;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Kernels made of vector instructions, divided among a fixed team of threads. Work is cut by
/// place, never by arrival, and sums are added in a fixed order, so results do not depend on the
/// run.
final class SimdKernels implements Kernels {

  // Sums over an array are cut into pieces of this size, whatever the number of threads.
  private static final int SUM_PIECE = 1 << 16;

  private final Team team;
  private final Gemm gemm;
  private final SimdProjections projections;
  private final SimdAttention attention;
  private final Ranges ranges;
  private final SimdActivations activations;
  private final SimdLosses losses;

  SimdKernels(int threads) {
    team = new Team(threads);
    TileKernels[] tiles =
        Stream.generate(TileKernels::new).limit(threads).toArray(TileKernels[]::new);
    gemm = new Gemm(team, tiles);
    projections = new SimdProjections(team, gemm);
    attention = new SimdAttention(team, tiles);
    ranges = new Ranges(team);
    activations = new SimdActivations(team);
    losses = new SimdLosses(ranges);
  }

  @Override
  public int threads() {
    return team.threads();
  }

  @Override
  public void multiply(Matrix a, Matrix b, Matrix c) {
    product(a, b, c, Mode.SET);
  }

  @Override
  public void multiplyAdd(Matrix a, Matrix b, Matrix c) {
    product(a, b, c, Mode.ADD);
  }

  private void product(Matrix a, Matrix b, Matrix c, Mode mode) {
    Shapes.product(a, b, c);
    if (c.colStride() == 1 || c.cols() == 1) {
      gemm.run(new Product(a, b, c, Gemm.NONE, mode));
    } else {
      // (a b)ᵀ = bᵀ aᵀ
      gemm.run(new Product(b.transposed(), a.transposed(), c.transposed(), Gemm.NONE, mode));
    }
  }

  @Override
  public void project(Matrix x, Weight weight, float @Nullable [] bias, Matrix out) {
    projectAll(x, List.of(new Projection(weight, bias, out)));
  }

  @Override
  public void projectAll(Matrix x, List<Projection> maps) {
    projections.run(x, maps);
  }

  @Override
  public void sumRows(Matrix x, float[] dBias) {
    Shapes.rowMajor("x", x);
    Shapes.atLeast("dBias", dBias.length, x.cols());
    ranges.overColumns(x, (from, to) -> NormKernels.sumRows(x, dBias, from, to));
  }

  @Override
  public void gather(Weight table, int[] ids, Matrix out) {
    Shapes.rows(ids, table, out);
    ranges.overRows(
        out,
        Ranges.ALONE_ELEMENTS,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            table.readRow(ids[r], out.data(), out.rowOffset(r));
          }
        });
  }

  @Override
  public void scatterAdd(Matrix dOut, int[] ids, Matrix dTable) {
    Shapes.rows(ids, dTable, dOut);
    Shapes.rowMajor("dTable", dTable);
    ranges.overColumns(
        dOut,
        (from, to) -> {
          for (int r = 0; r < dOut.rows(); r++) {
            int in = dOut.rowOffset(r) + from;
            int out = dTable.rowOffset(ids[r]) + from;
            ElementKernels.addAt(dOut.data(), in, dTable.data(), out, to - from);
          }
        });
  }

  @Override
  public void add(float[] a, float[] b, float[] out, int size) {
    Shapes.atLeast("a", a.length, size);
    Shapes.atLeast("b", b.length, size);
    Shapes.atLeast("out", out.length, size);
    ranges.over(size, Ranges.ALONE_ELEMENTS, (from, to) -> ElementKernels.add(a, b, out, from, to));
  }

  @Override
  public void addScaled(float scale, float[] x, float[] out, int size) {
    Shapes.atLeast("x", x.length, size);
    Shapes.atLeast("out", out.length, size);
    ranges.over(
        size,
        Ranges.ALONE_ELEMENTS,
        (from, to) -> ElementKernels.addScaled(scale, x, out, from, to));
  }

  @Override
  public void norm(Norm norm, Matrix x, Matrix out, float[] stats) {
    Shapes.norm(norm, x, stats);
    Shapes.same("out", out, x);
    ranges.overRows(
        x,
        Ranges.ALONE_ELEMENTS,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            NormKernels.row(norm, x, r, out, stats);
          }
        });
  }

  @Override
  public void normBackward(
      Norm norm, Matrix x, float[] stats, Matrix dOut, Matrix dX, @Nullable Norm dNorm) {
    Shapes.norm(norm, x, stats);
    Shapes.same("dOut", dOut, x);
    Shapes.same("dX", dX, x);
    ranges.overRows(
        x,
        Ranges.ALONE_ELEMENTS,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            NormKernels.rowBackward(norm, x, r, stats, dOut, dX);
          }
        });
    if (dNorm != null) {
      Shapes.norm(dNorm, x, stats);
      ranges.overColumns(
          x, (from, to) -> NormKernels.columnsBackward(dNorm, x, stats, dOut, from, to));
    }
  }

  @Override
  public void activate(Activation activation, float[] x, float[] out, int size) {
    activations.activate(activation, x, out, size);
  }

  @Override
  public void activateBackward(
      Activation activation, float[] x, float[] dOut, float[] dX, int size) {
    activations.activateBackward(activation, x, dOut, dX, size);
  }

  @Override
  public void gate(Activation activation, float[] gate, float[] up, float[] out, int size) {
    activations.gate(activation, new Gated(gate, up), out, size);
  }

  @Override
  public void gateBackward(Activation activation, Gated in, float[] dOut, Gated dIn, int size) {
    activations.gateBackward(activation, in, dOut, dIn, size);
  }

  @Override
  public void rotate(Rotary rotary, Matrix x, int headWidth, int[] positions) {
    turn(rotary, x, headWidth, positions, 1);
  }

  @Override
  public void rotateBack(Rotary rotary, Matrix x, int headWidth, int[] positions) {
    turn(rotary, x, headWidth, positions, -1);
  }

  private void turn(Rotary rotary, Matrix x, int headWidth, int[] positions, float direction) {
    Shapes.rotation(rotary, x, headWidth, positions);
    int half = rotary.dims() / 2;
    ranges.overRows(
        x,
        Ranges.ALONE_ELEMENTS,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            for (int head = 0; head < x.cols(); head += headWidth) {
              int at = x.rowOffset(r) + head;
              ElementKernels.turn(rotary, positions[r] * half, direction, x.data(), at);
            }
          }
        });
  }

  @Override
  public void attentionPattern(AttentionShape shape, float[] q, float[] k, float[] pattern) {
    attention.pattern(shape, q, k, pattern);
  }

  @Override
  public void attentionPatternBackward(
      AttentionShape shape, QueryKey in, float[] pattern, float[] dPattern, QueryKey dIn) {
    attention.patternBackward(shape, in, pattern, dPattern, dIn);
  }

  @Override
  public void attentionOutput(AttentionShape shape, float[] pattern, float[] v, float[] z) {
    attention.output(shape, pattern, v, z);
  }

  @Override
  public void attentionOutputBackward(
      AttentionShape shape, PatternValue in, float[] dZ, float[] dPattern, float[] dV) {
    attention.outputBackward(shape, in, dZ, dPattern, dV);
  }

  @Override
  public void attentionPatterns(List<Attended> all) {
    attention.patterns(all);
  }

  @Override
  public void attentionOutputs(List<Attended> all) {
    attention.outputs(all);
  }

  @Override
  public void softmax(Matrix rows) {
    losses.softmax(rows);
  }

  @Override
  public void crossEntropy(Matrix logits, int[] targets, float[] out) {
    losses.crossEntropy(logits, targets, out);
  }

  @Override
  public void crossEntropyBackward(Matrix logits, int[] targets, float scale, Matrix dLogits) {
    losses.crossEntropyBackward(logits, targets, scale, dLogits);
  }

  @Override
  public void divergence(Matrix teacher, Matrix student, float temperature, float[] out) {
    losses.divergence(teacher, student, temperature, out);
  }

  @Override
  public void divergenceBackward(
      Matrix teacher, Matrix student, float temperature, float[] rowScale, Matrix dStudent) {
    losses.divergenceBackward(teacher, student, temperature, rowScale, dStudent);
  }

  @Override
  public double sumOfSquares(float[] x) {
    double[] sums = new double[Math.ceilDiv(x.length, SUM_PIECE)];
    ranges.over(
        x.length,
        2L * SUM_PIECE,
        sums.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int end = (int) Math.min(x.length, (i + 1L) * SUM_PIECE);
            sums[i] = ElementKernels.sumOfSquares(x, i * SUM_PIECE, end);
          }
        });
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return sum;
  }

  @Override
  public void adamW(AdamStep step, float[] weights, float[] gradient, float[] m, float[] v) {
    Shapes.adam(weights, gradient, m, v);
    Moments moments = new Moments(weights, gradient, m, v);
    ranges.over(
        weights.length,
        Ranges.ALONE_ELEMENTS,
        (from, to) -> ElementKernels.adamW(step, moments, from, to));
  }

  @Override
  public void close() {
    team.close();
  }
}
