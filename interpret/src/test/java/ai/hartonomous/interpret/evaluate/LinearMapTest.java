package ai.hartonomous.interpret.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.transcoder.ActivationStream.Batch;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.interpret.transcoder.StoredStream;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinearMapTest {
  private static final int ROWS = 60;
  private static final int IN = 5;
  private static final int OUT = 3;

  @Test
  void findsTheMapThatMadeTheTargets() throws IOException {
    Matrix x = inputs(false, 1000);
    Matrix y = targets(x, 0);

    SparseCoder map = fit(x, y);

    assertThat(squaredError(map, x, y)).isLessThan(1e-4);
  }

  @Test
  void neverActivatesItsLatent() throws IOException {
    Matrix x = inputs(false, 0);
    Latents latents = new Latents();
    try (Kernels kernels = Kernels.of(1)) {
      fit(x, targets(x, 0)).encode(x, kernels, latents);
    }

    assertThat(latents.size()).isZero();
  }

  @Test
  void anyOtherMapIsWorse() throws IOException {
    Matrix x = inputs(false, 3);
    Matrix y = targets(x, 1);
    SparseCoder map = fit(x, y);
    double best = squaredError(map, x, y);

    float[] skip = Objects.requireNonNull(map.weights().skip()).data();
    for (int i = 0; i < skip.length + OUT; i++) {
      float[] numbers = i < skip.length ? skip : map.weights().decoderBias();
      int at = i < skip.length ? i : i - skip.length;
      for (float change : new float[] {0.01f, -0.01f}) {
        float before = numbers[at];
        numbers[at] = before + change;
        assertThat(squaredError(map, x, y)).isGreaterThan(best);
        numbers[at] = before;
      }
    }
  }

  @Test
  void dependentInputsDoNoHarm() throws IOException {
    Matrix x = inputs(true, 0);
    Matrix y = targets(x, 0);

    SparseCoder map = fit(x, y);

    assertThat(squaredError(map, x, y)).isLessThan(1e-6);
  }

  @Test
  void solvesBySubstitutingBack() {
    double[][] a = {{4, 2, 0}, {2, 5, 1}, {0, 1, 3}};
    double[][] b = {{8}, {15}, {11}}; // w = (1, 2, 3)

    double[][] w = LinearMap.leastSquares(a, b);

    for (int i = 0; i < 3; i++) {
      assertThat(w[i][0]).isCloseTo(i + 1, within(1e-12));
    }
  }

  private static Matrix inputs(boolean dependent, float shift) {
    var random = new SplittableRandom(2);
    Matrix x = Matrix.zeros(ROWS, IN);
    for (int r = 0; r < ROWS; r++) {
      float sum = 0;
      for (int c = 0; c < IN; c++) {
        boolean last = dependent && c == IN - 1;
        float value = last ? 2 - sum : (float) random.nextGaussian() + shift;
        x.data()[r * IN + c] = value;
        sum += value;
      }
    }
    return x;
  }

  private static Matrix targets(Matrix x, double noise) {
    var random = new SplittableRandom(3);
    double[] weights = random.doubles(IN * OUT, -1, 1).toArray();
    Matrix y = Matrix.zeros(ROWS, OUT);
    for (int r = 0; r < ROWS; r++) {
      for (int o = 0; o < OUT; o++) {
        double sum = 7 + o + noise * random.nextGaussian();
        for (int c = 0; c < IN; c++) {
          sum += weights[o * IN + c] * x.at(r, c);
        }
        y.data()[r * OUT + o] = (float) sum;
      }
    }
    return y;
  }

  private static SparseCoder fit(Matrix x, Matrix y) throws IOException {
    var all = new Batch(List.of(x), List.of(y));
    try (var stream = new StoredStream(List.of(HookPair.mlp(0)), all, 20, 0, "rows")) {
      return LinearMap.fit(stream, 3).getFirst();
    }
  }

  private static double squaredError(SparseCoder map, Matrix x, Matrix y) {
    Latents latents = new Latents();
    Matrix predicted = Matrix.zeros(y.rows(), y.cols());
    try (Kernels kernels = Kernels.of(1)) {
      map.encode(x, kernels, latents);
      map.decode(latents, x, kernels, predicted);
    }
    double sum = 0;
    for (int i = 0; i < y.data().length; i++) {
      double error = y.data()[i] - predicted.data()[i];
      sum += error * error;
    }
    return sum;
  }
}
