package ai.hartonomous.tensor;

/// Checks of arguments that all implementations of {@link Kernels} share. Each throws {@link
/// IllegalArgumentException}.
final class Shapes {

  private Shapes() {}

  static void product(Matrix a, Matrix b, Matrix c) {
    if (a.cols() != b.rows() || a.rows() != c.rows() || b.cols() != c.cols()) {
      throw new IllegalArgumentException(
          "product of %d x %d and %d x %d into %d x %d"
              .formatted(a.rows(), a.cols(), b.rows(), b.cols(), c.rows(), c.cols()));
    }
  }

  static void projection(Matrix x, Weight weight, float[] biasOrEmpty, Matrix out) {
    rowMajor("x", x);
    rowMajor("out", out);
    if (x.cols() != weight.cols() || out.cols() != weight.rows() || x.rows() != out.rows()) {
      throw new IllegalArgumentException(
          "projection of %d x %d by weight %d x %d into %d x %d"
              .formatted(x.rows(), x.cols(), weight.rows(), weight.cols(), out.rows(), out.cols()));
    }
    if (biasOrEmpty.length > 0) {
      atLeast("bias", biasOrEmpty.length, weight.rows());
    }
  }

  static void rowMajor(String name, Matrix x) {
    if (x.colStride() != 1 && x.cols() > 1) {
      throw new IllegalArgumentException(name + " is not row-major");
    }
  }

  static void same(String name, Matrix x, Matrix like) {
    rowMajor(name, x);
    rowMajor("its partner", like);
    if (x.rows() != like.rows() || x.cols() != like.cols()) {
      throw new IllegalArgumentException(
          "%s is %d x %d instead of %d x %d"
              .formatted(name, x.rows(), x.cols(), like.rows(), like.cols()));
    }
  }

  static void atLeast(String name, int length, int needed) {
    if (needed < 0 || length < needed) {
      throw new IllegalArgumentException(
          "%s has %d elements, %d are needed".formatted(name, length, needed));
    }
  }

  static void rows(int[] ids, Weight table, Matrix rows) {
    rowMajor("rows", rows);
    atLeast("ids", ids.length, rows.rows());
    if (table.cols() != rows.cols()) {
      throw new IllegalArgumentException(
          "table of width %d for rows of width %d".formatted(table.cols(), rows.cols()));
    }
    for (int r = 0; r < rows.rows(); r++) {
      if (ids[r] < 0 || ids[r] >= table.rows()) {
        throw new IllegalArgumentException(
            "id %d at row %d of a table of %d".formatted(ids[r], r, table.rows()));
      }
    }
  }

  static void norm(Norm norm, Matrix x, float[] stats) {
    rowMajor("x", x);
    atLeast("stats", stats.length, Math.multiplyExact(2, x.rows()));
    float[] bias = norm.bias();
    if (norm.gain().length != x.cols() || (bias != null && bias.length != x.cols())) {
      throw new IllegalArgumentException(
          "norm of width %d for rows of width %d".formatted(norm.gain().length, x.cols()));
    }
  }

  static void rotation(Rotary rotary, Matrix x, int headWidth, int[] positions) {
    rowMajor("x", x);
    atLeast("positions", positions.length, x.rows());
    if (headWidth < 1 || x.cols() % headWidth != 0 || rotary.dims() > headWidth) {
      throw new IllegalArgumentException(
          "rotation of %d dimensions in heads of %d in rows of %d"
              .formatted(rotary.dims(), headWidth, x.cols()));
    }
    for (int r = 0; r < x.rows() && rotary.dims() > 0; r++) {
      if (positions[r] < 0 || positions[r] >= rotary.positions()) {
        throw new IllegalArgumentException(
            "position %d of %d".formatted(positions[r], rotary.positions()));
      }
    }
  }

  static void targets(int[] targets, Matrix logits) {
    rowMajor("logits", logits);
    atLeast("targets", targets.length, logits.rows());
    for (int r = 0; r < logits.rows(); r++) {
      if (targets[r] < -1 || targets[r] >= logits.cols()) {
        throw new IllegalArgumentException(
            "target %d of %d classes".formatted(targets[r], logits.cols()));
      }
    }
  }

  static void temperature(float temperature) {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature " + temperature + " is not above 0");
    }
  }

  static void attention(AttentionShape shape) {
    int[] of = shape.keyHeads().of();
    for (int head : of) {
      if (head < 0 || head >= shape.keyHeads().count()) {
        throw new IllegalArgumentException(
            "key head %d of %d".formatted(head, shape.keyHeads().count()));
      }
    }
    if (shape.batch() < 0
        || shape.queries() < 0
        || shape.headWidth() < 1
        || shape.keys() < shape.queries()
        || shape.mask().window() < 0) {
      throw new IllegalArgumentException("attention of extents " + shape);
    }
  }

  static void queryKeys(AttentionShape shape, float[] q, float[] k) {
    atLeast("queries", q.length, queryElements(shape));
    atLeast("keys or values", k.length, keyElements(shape));
  }

  static void pattern(AttentionShape shape, float[] pattern) {
    atLeast("pattern", pattern.length, shape.patternSize());
  }

  static void gated(Kernels.Gated pair, int size) {
    atLeast("gate", pair.gate().length, size);
    atLeast("up", pair.up().length, size);
  }

  static void adam(float[] weights, float[] gradient, float[] first, float[] second) {
    int size = weights.length;
    if (gradient.length != size || first.length != size || second.length != size) {
      throw new IllegalArgumentException(
          "%d weights, %d gradients, moments of %d and %d"
              .formatted(size, gradient.length, first.length, second.length));
    }
  }

  /// {@return `B T H K`}
  static int queryElements(AttentionShape shape) {
    return Math.multiplyExact(
        Math.multiplyExact(shape.batch(), shape.queries()),
        Math.multiplyExact(shape.heads(), shape.headWidth()));
  }

  /// {@return `B S G K`}
  static int keyElements(AttentionShape shape) {
    return Math.multiplyExact(
        Math.multiplyExact(shape.batch(), shape.keys()),
        Math.multiplyExact(shape.keyHeads().count(), shape.headWidth()));
  }
}
