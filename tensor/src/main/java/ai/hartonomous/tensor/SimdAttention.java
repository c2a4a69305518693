package ai.hartonomous.tensor;

import ai.hartonomous.tensor.Gemm.Mode;
import ai.hartonomous.tensor.Kernels.Attended;
import ai.hartonomous.tensor.Kernels.PatternValue;
import ai.hartonomous.tensor.Kernels.QueryKey;
import java.util.Arrays;
import java.util.List;

/// Attention, divided among threads by sequence and head. What gradients of keys and values receive
/// is divided by key head, so that no two threads add to the same place.
final class SimdAttention {

  /// Multiplications below which the caller computes alone.
  private static final long ALONE = 1 << 15;

  private static final int SHARES_EACH = 4;

  private final Team team;
  private final AttentionKernels[] kernels;

  SimdAttention(Team team, TileKernels[] tiles) {
    this.team = team;
    this.kernels = Arrays.stream(tiles).map(AttentionKernels::new).toArray(AttentionKernels[]::new);
  }

  void pattern(AttentionShape shape, float[] q, float[] k, float[] pattern) {
    Shapes.attention(shape);
    Shapes.queryKeys(shape, q, k);
    Shapes.pattern(shape, pattern);
    int heads = shape.heads();
    int units = shape.batch() * heads;
    team.run(
        work(shape),
        ALONE,
        (share, shares) -> {
          for (int u = units * share / shares; u < units * (share + 1) / shares; u++) {
            Matrix x = queries(shape, q, sequence(shape, u / heads), u % heads);
            Matrix y = keys(shape, k, u / heads, shape.keyHeads().of()[u % heads]);
            patternOf(shape, x, y, weights(shape, pattern, 0, u), kernels[share]);
          }
        });
  }

  /// Several sequences of a few queries each, as one task.
  void patterns(List<Attended> all) {
    overHeads(
        all,
        (one, h, member) -> {
          Matrix x = queries(one.shape(), one.q(), one.at(), h);
          Matrix y = keys(one.shape(), one.k(), 0, one.shape().keyHeads().of()[h]);
          Matrix p = weights(one.shape(), one.pattern(), one.patternAt(), h);
          patternOf(one.shape(), x, y, p, kernels[member]);
        });
  }

  /// Several sequences of a few queries each, as one task.
  void outputs(List<Attended> all) {
    overHeads(
        all,
        (one, h, member) -> {
          Matrix p = weights(one.shape(), one.pattern(), one.patternAt(), h);
          Matrix y = keys(one.shape(), one.v(), 0, one.shape().keyHeads().of()[h]);
          Matrix out = queries(one.shape(), one.z(), one.at(), h);
          outputOf(one.shape(), p, y, out, kernels[member]);
        });
  }

  /// Work on one head of one of several sequences.
  private interface AttendedTask {
    void run(Attended one, int head, int member);
  }

  private void overHeads(List<Attended> all, AttendedTask task) {
    long work = 0;
    for (Attended one : all) {
      check(one);
      work += work(one.shape());
    }
    team.runInPieces(
        work,
        ALONE,
        SHARES_EACH,
        (share, shares, member) -> {
          for (int i = 0, unit = 0; i < all.size(); i++) {
            for (int h = 0; h < all.get(i).shape().heads(); h++, unit++) {
              if (unit % shares == share) {
                task.run(all.get(i), h, member);
              }
            }
          }
        });
  }

  private static void check(Attended one) {
    AttentionShape shape = one.shape();
    Shapes.attention(shape);
    if (shape.batch() != 1) {
      throw new IllegalArgumentException("a batch of %d sequences".formatted(shape.batch()));
    }
    int size = Shapes.queryElements(shape);
    Shapes.atLeast("queries", one.q().length, Math.addExact(one.at(), size));
    Shapes.atLeast("outputs", one.z().length, Math.addExact(one.at(), size));
    Shapes.atLeast("keys", one.k().length, Shapes.keyElements(shape));
    Shapes.atLeast("values", one.v().length, Shapes.keyElements(shape));
    int end = Math.addExact(one.patternAt(), shape.patternSize());
    Shapes.atLeast("pattern", one.pattern().length, end);
  }

  private static void patternOf(
      AttentionShape shape, Matrix x, Matrix y, Matrix p, AttentionKernels kernel) {
    boolean few = shape.queries() <= FewQueriesKernels.MOST;
    if (!few) {
      kernel.scores(shape, x, y, p);
    }
    for (int t = 0; t < shape.queries(); t++) {
      int from = shape.firstKey(t);
      int to = shape.endKey(t);
      int row = p.rowOffset(t);
      if (few) {
        FewQueriesKernels.dots(shape, t, x, y, p);
      }
      LossKernels.softmax(p.data(), row + from, to - from, shape.mask().scale());
      clearMasked(shape, t, p.data(), row);
    }
  }

  void output(AttentionShape shape, float[] pattern, float[] v, float[] z) {
    Shapes.attention(shape);
    Shapes.queryKeys(shape, z, v);
    Shapes.pattern(shape, pattern);
    int heads = shape.heads();
    int units = shape.batch() * heads;
    team.run(
        work(shape),
        ALONE,
        (share, shares) -> {
          for (int u = units * share / shares; u < units * (share + 1) / shares; u++) {
            Matrix y = keys(shape, v, u / heads, shape.keyHeads().of()[u % heads]);
            Matrix out = queries(shape, z, sequence(shape, u / heads), u % heads);
            outputOf(shape, weights(shape, pattern, 0, u), y, out, kernels[share]);
          }
        });
  }

  private static void outputOf(
      AttentionShape shape, Matrix p, Matrix y, Matrix out, AttentionKernels kernel) {
    if (shape.queries() > FewQueriesKernels.MOST) {
      kernel.weighted(shape, p, y, out, Mode.SET, 1);
      return;
    }
    for (int t = 0; t < shape.queries(); t++) {
      FewQueriesKernels.sum(shape, t, p, y, out);
    }
  }

  void patternBackward(
      AttentionShape shape, QueryKey in, float[] pattern, float[] dPattern, QueryKey dIn) {
    Shapes.attention(shape);
    Shapes.queryKeys(shape, in.q(), in.k());
    Shapes.queryKeys(shape, dIn.q(), dIn.k());
    Shapes.pattern(shape, pattern);
    Shapes.pattern(shape, dPattern);
    float scale = shape.mask().scale();
    overKeyHeads(
        shape,
        (b, h, share) -> {
          int g = shape.keyHeads().of()[h];
          Matrix p = weights(shape, pattern, 0, b * shape.heads() + h);
          Matrix d = weights(shape, dPattern, 0, b * shape.heads() + h);
          for (int t = 0; t < shape.queries(); t++) {
            int from = shape.firstKey(t);
            int size = shape.endKey(t) - from;
            LossKernels.softmaxBackward(
                p.data(), p.rowOffset(t) + from, d.data(), d.rowOffset(t) + from, size);
            clearMasked(shape, t, d.data(), d.rowOffset(t));
          }
          Matrix y = keys(shape, in.k(), b, g);
          Matrix x = queries(shape, in.q(), sequence(shape, b), h);
          Matrix dX = queries(shape, dIn.q(), sequence(shape, b), h);
          kernels[share].weighted(shape, d, y, dX, Mode.ADD, scale);
          kernels[share].weightedBack(shape, d, x, keys(shape, dIn.k(), b, g), scale);
        });
  }

  void outputBackward(
      AttentionShape shape, PatternValue in, float[] dZ, float[] dPattern, float[] dV) {
    Shapes.attention(shape);
    Shapes.queryKeys(shape, dZ, in.v());
    Shapes.queryKeys(shape, dZ, dV);
    Shapes.pattern(shape, in.pattern());
    Shapes.pattern(shape, dPattern);
    overKeyHeads(
        shape,
        (b, h, share) -> {
          int g = shape.keyHeads().of()[h];
          Matrix p = weights(shape, in.pattern(), 0, b * shape.heads() + h);
          Matrix d = weights(shape, dPattern, 0, b * shape.heads() + h);
          Matrix dOut = queries(shape, dZ, sequence(shape, b), h);
          kernels[share].scores(shape, dOut, keys(shape, in.v(), b, g), d);
          for (int t = 0; t < shape.queries(); t++) {
            clearMasked(shape, t, d.data(), d.rowOffset(t));
          }
          kernels[share].weightedBack(shape, p, dOut, keys(shape, dV, b, g), 1);
        });
  }

  /// Work on one head of one sequence.
  private interface HeadTask {
    void run(int sequence, int head, int share);
  }

  /// Visits all heads so that those of one sequence that read the same key head meet one thread.
  private void overKeyHeads(AttentionShape shape, HeadTask task) {
    int groups = shape.keyHeads().count();
    int[] of = shape.keyHeads().of();
    int units = shape.batch() * groups;
    team.run(
        2 * work(shape),
        ALONE,
        (share, shares) -> {
          for (int u = units * share / shares; u < units * (share + 1) / shares; u++) {
            for (int h = 0; h < of.length; h++) {
              if (of[h] == u % groups) {
                task.run(u / groups, h, share);
              }
            }
          }
        });
  }

  private static void clearMasked(AttentionShape shape, int t, float[] data, int row) {
    Arrays.fill(data, row, row + shape.firstKey(t), 0);
    Arrays.fill(data, row + shape.endKey(t), row + shape.keys(), 0);
  }

  private static long work(AttentionShape shape) {
    return (long) shape.patternSize() * shape.headWidth();
  }

  /// {@return the queries of one head}
  ///
  /// @param from where its sequence begins
  private static Matrix queries(AttentionShape shape, float[] data, int from, int h) {
    int stride = shape.heads() * shape.headWidth();
    int at = from + h * shape.headWidth();
    return new Matrix(data, at, shape.queries(), shape.headWidth(), stride, 1);
  }

  /// {@return where a sequence of the batch begins among queries}
  private static int sequence(AttentionShape shape, int b) {
    return b * shape.queries() * shape.heads() * shape.headWidth();
  }

  private static Matrix keys(AttentionShape shape, float[] data, int b, int g) {
    int stride = shape.keyHeads().count() * shape.headWidth();
    int at = b * shape.keys() * stride + g * shape.headWidth();
    return new Matrix(data, at, shape.keys(), shape.headWidth(), stride, 1);
  }

  private static Matrix weights(AttentionShape shape, float[] data, int from, int unit) {
    int at = from + unit * shape.queries() * shape.keys();
    return new Matrix(data, at, shape.queries(), shape.keys(), shape.keys(), 1);
  }
}
