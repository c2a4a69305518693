package ai.hartonomous.tensor;

import ai.hartonomous.tensor.Kernels.PatternValue;
import ai.hartonomous.tensor.Kernels.QueryKey;
import java.util.Arrays;

/// Attention by plain loops: the yardstick for faster implementations.
final class ReferenceAttention {

  private ReferenceAttention() {}

  static void pattern(AttentionShape shape, float[] q, float[] k, float[] pattern) {
    Shapes.attention(shape);
    Shapes.queryKeys(shape, q, k);
    Shapes.pattern(shape, pattern);
    double[] scores = new double[shape.keys()];
    for (int b = 0; b < shape.batch(); b++) {
      for (int h = 0; h < shape.heads(); h++) {
        for (int t = 0; t < shape.queries(); t++) {
          for (int s = shape.firstKey(t); s < shape.endKey(t); s++) {
            double score = dot(shape, q, query(shape, b, t, h), k, key(shape, b, s, h));
            scores[s] = score * shape.mask().scale();
          }
          int row = row(shape, b, h, t);
          Arrays.fill(pattern, row, row + shape.keys(), 0);
          softmax(scores, shape.firstKey(t), shape.endKey(t), pattern, row);
        }
      }
    }
  }

  private static void softmax(double[] scores, int from, int to, float[] pattern, int row) {
    double max = Double.NEGATIVE_INFINITY;
    for (int s = from; s < to; s++) {
      max = Math.max(max, scores[s]);
    }
    double sum = 0;
    for (int s = from; s < to; s++) {
      sum += Math.exp(scores[s] - max);
    }
    for (int s = from; s < to; s++) {
      pattern[row + s] = (float) (Math.exp(scores[s] - max) / sum);
    }
  }

  static void patternBackward(
      AttentionShape shape, QueryKey in, float[] pattern, float[] dPattern, QueryKey dIn) {
    Shapes.attention(shape);
    Shapes.queryKeys(shape, in.q(), in.k());
    Shapes.queryKeys(shape, dIn.q(), dIn.k());
    Shapes.pattern(shape, pattern);
    Shapes.pattern(shape, dPattern);
    float scale = shape.mask().scale();
    for (int b = 0; b < shape.batch(); b++) {
      for (int h = 0; h < shape.heads(); h++) {
        for (int t = 0; t < shape.queries(); t++) {
          scoreGradient(shape, t, row(shape, b, h, t), pattern, dPattern);
          int q = query(shape, b, t, h);
          for (int s = shape.firstKey(t); s < shape.endKey(t); s++) {
            float d = dPattern[row(shape, b, h, t) + s] * scale;
            int k = key(shape, b, s, h);
            for (int i = 0; i < shape.headWidth(); i++) {
              dIn.q()[q + i] += d * in.k()[k + i];
              dIn.k()[k + i] += d * in.q()[q + i];
            }
          }
        }
      }
    }
  }

  /// The gradient of a softmax: `dScore = p (dPattern - Σ p dPattern)`.
  private static void scoreGradient(
      AttentionShape shape, int t, int row, float[] pattern, float[] dPattern) {
    double mean = 0;
    for (int s = shape.firstKey(t); s < shape.endKey(t); s++) {
      mean += (double) pattern[row + s] * dPattern[row + s];
    }
    for (int s = 0; s < shape.keys(); s++) {
      boolean read = s >= shape.firstKey(t) && s < shape.endKey(t);
      dPattern[row + s] = read ? (float) (pattern[row + s] * (dPattern[row + s] - mean)) : 0;
    }
  }

  static void output(AttentionShape shape, float[] pattern, float[] v, float[] z) {
    Shapes.attention(shape);
    Shapes.queryKeys(shape, z, v);
    Shapes.pattern(shape, pattern);
    for (int b = 0; b < shape.batch(); b++) {
      for (int h = 0; h < shape.heads(); h++) {
        for (int t = 0; t < shape.queries(); t++) {
          for (int i = 0; i < shape.headWidth(); i++) {
            double sum = 0;
            for (int s = shape.firstKey(t); s < shape.endKey(t); s++) {
              sum += (double) pattern[row(shape, b, h, t) + s] * v[key(shape, b, s, h) + i];
            }
            z[query(shape, b, t, h) + i] = (float) sum;
          }
        }
      }
    }
  }

  static void outputBackward(
      AttentionShape shape, PatternValue in, float[] dZ, float[] dPattern, float[] dV) {
    Shapes.attention(shape);
    Shapes.queryKeys(shape, dZ, in.v());
    Shapes.queryKeys(shape, dZ, dV);
    Shapes.pattern(shape, in.pattern());
    Shapes.pattern(shape, dPattern);
    for (int b = 0; b < shape.batch(); b++) {
      for (int h = 0; h < shape.heads(); h++) {
        for (int t = 0; t < shape.queries(); t++) {
          int row = row(shape, b, h, t);
          int z = query(shape, b, t, h);
          Arrays.fill(dPattern, row, row + shape.keys(), 0);
          for (int s = shape.firstKey(t); s < shape.endKey(t); s++) {
            int v = key(shape, b, s, h);
            dPattern[row + s] = (float) dot(shape, dZ, z, in.v(), v);
            for (int i = 0; i < shape.headWidth(); i++) {
              dV[v + i] += in.pattern()[row + s] * dZ[z + i];
            }
          }
        }
      }
    }
  }

  private static double dot(AttentionShape shape, float[] a, int atA, float[] b, int atB) {
    double sum = 0;
    for (int i = 0; i < shape.headWidth(); i++) {
      sum += (double) a[atA + i] * b[atB + i];
    }
    return sum;
  }

  private static int query(AttentionShape shape, int b, int t, int h) {
    return ((b * shape.queries() + t) * shape.heads() + h) * shape.headWidth();
  }

  private static int key(AttentionShape shape, int b, int s, int h) {
    int head = shape.keyHeads().of()[h];
    return ((b * shape.keys() + s) * shape.keyHeads().count() + head) * shape.headWidth();
  }

  private static int row(AttentionShape shape, int b, int h, int t) {
    return ((b * shape.heads() + h) * shape.queries() + t) * shape.keys();
  }
}
