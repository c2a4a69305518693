package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.ActivationStream;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.StoredStream;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Values to train on, the same for the same seed.
final class Samples {

  private Samples() {}

  /// Two pairs of 2,048 rows: targets are sums of a few rectified directions of the inputs, in
  /// units far from 1.
  static StoredStream stream() {
    return stored(true, "kinks");
  }

  static StoredStream unrelated() {
    return stored(false, "unrelated");
  }

  static StoredStream stored(boolean related, String name) {
    List<Matrix> x = new ArrayList<>();
    List<Matrix> y = new ArrayList<>();
    for (int pair = 0; pair < 2; pair++) {
      Matrix in = random(2048, 12, 10 + pair);
      Matrix directions = random(24, 12, 20 + pair);
      Matrix writes = random(24, 12, 30 + pair);
      Matrix out = related ? Matrix.zeros(2048, 12) : random(2048, 12, 50 + pair);
      for (int r = 0; r < 2048 && related; r++) {
        for (int i = 0; i < 24; i++) {
          double z = -0.9;
          for (int c = 0; c < 12; c++) {
            z += in.at(r, c) * directions.at(i, c);
          }
          for (int c = 0; c < 12 && z > 0; c++) {
            out.data()[r * 12 + c] += (float) (37 * z * writes.at(i, c));
          }
        }
      }
      x.add(in);
      y.add(out);
    }
    return new StoredStream(
        List.of(HookPair.mlp(0), HookPair.mlp(1)), new ActivationStream.Batch(x, y), 256, 6, name);
  }

  static StoredStream linear() {
    Matrix x = random(2048, 6, 1);
    Matrix map = random(6, 6, 2);
    Matrix y = Matrix.zeros(2048, 6);
    try (Tools tools = Tools.of(1)) {
      tools.kernels().project(x, map, null, y);
    }
    return new StoredStream(
        List.of(HookPair.mlp(0)),
        new ActivationStream.Batch(List.of(x), List.of(y)),
        256,
        1,
        "linear");
  }

  static Matrix random(int rows, int cols, long seed) {
    var random = new SplittableRandom(seed);
    Matrix m = Matrix.zeros(rows, cols);
    for (int i = 0; i < m.data().length; i++) {
      m.data()[i] = (float) random.nextGaussian();
    }
    return m;
  }
}
