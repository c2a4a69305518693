package ai.hartonomous.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.tensor.CoderKernels.Part;
import ai.hartonomous.tensor.CoderState.Rows;
import ai.hartonomous.tensor.RowUpdate.DecoderNorm;
import ai.hartonomous.tensor.RowUpdate.Reach;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoderKernelsTest {

  private final CoderKernels reference = new ReferenceCoderKernels();
  private final CoderKernels simd = new SimdCoderKernels(2);

  @AfterEach
  void closeKernels() {
    simd.close();
  }

  // Whole numbers, so that products are exact and many are equal; extents around tiles and blocks.
  @ParameterizedTest(name = "{0} rows of {1}, {2} latents, k {3}")
  @CsvSource({
    "1, 1, 1, 1",
    "5, 3, 7, 2",
    "32, 16, 12, 12",
    "33, 17, 13, 40",
    "70, 64, 500, 16",
    "130, 31, 97, 5",
    "1100, 8, 200, 3",
    "40, 800, 50, 4",
    "3, 7000, 20, 4"
  })
  void findsTheSameLatentsAlsoAmongEquals(int rows, int width, int latents, int k) {
    Matrix encoder = wholeNumbers(latents, width, 1);
    float[] bias = wholeNumbers(1, latents, 2).data();
    var search = new TopKSearch(k);
    for (int batch = 0; batch < 4; batch++) {
      // The second batch is small beside the first: what the first taught is too high for it.
      Matrix x = wholeNumbers(rows, width, 3 + batch);
      if (batch == 0) {
        scale(x, 64);
      }
      var expected = new SparseRows();
      var found = new SparseRows();

      reference.topK(x, encoder, bias, new TopKSearch(k), expected);
      simd.topK(x, encoder, bias, search, found);

      assertSame(found, expected);
    }
  }

  @Test
  void findsNothingWhereNothingIsPositive() {
    Matrix encoder = Samples.matrix(64, 8, 1);
    float[] bias = new float[64];
    Arrays.fill(bias, -100);
    var found = new SparseRows();

    simd.topK(Samples.matrix(50, 8, 2), encoder, bias, new TopKSearch(4), found);

    assertThat(found.rows()).isEqualTo(50);
    assertThat(found.size()).isZero();
  }

  @ParameterizedTest(name = "{0} rows, {1} latents of {2} to {3}")
  @CsvSource({"1, 1, 1, 1", "40, 30, 16, 33", "300, 257, 65, 64", "64, 512, 100, 128"})
  void residualsAgree(int rows, int latents, int in, int width) {
    var sample = new Sample(rows, latents, in, width);
    Matrix expected = Samples.matrix(rows, width, 9);
    Matrix found = Samples.matrix(rows, width, 9);
    float[] expectedGradients = new float[sample.active.size()];
    float[] gradients = new float[sample.active.size()];

    double sum =
        reference.residual(
            sample.active, sample.decoder, sample.target, 0.5f, expected, expectedGradients);
    double simdSum =
        simd.residual(sample.active, sample.decoder, sample.target, 0.5f, found, gradients);

    // Sums of at most 20 and of `width` products of numbers below 20: about n u Σ|products|.
    assertClose(found.data(), expected.data(), 1e-4);
    assertClose(gradients, expectedGradients, 1e-4 * width);
    assertThat(simdSum).isCloseTo(sum, within(1e-5 * sum));
  }

  @ParameterizedTest(name = "{0} {1} {2}, pulled {3}")
  @CsvSource({
    "adam, EVERY, FREE, false",
    "adam, TOUCHED, FREE, false",
    "adam, EVERY, UNIT, true",
    "signum, EVERY, FREE, false",
    "signum, TOUCHED, UNIT, false",
    "descent, EVERY, FREE, true",
    "descent, TOUCHED, UNIT, false"
  })
  void updatesAgree(String rule, Reach reach, DecoderNorm norm, boolean pulled) {
    var sample = new Sample(90, 150, 37, 45);
    float[] pull = pulled ? Samples.uniform(150, 20) : new float[0];
    CoderState expected = sample.state();
    CoderState found = sample.state();

    for (int step = 1; step <= 3; step++) {
      List<Part> parts = List.of(sample.part(60, step), sample.part(90, 10 + step));
      var update = new RowUpdate(optimizer(rule, step), reach, norm, pull);
      reference.update(parts, update, expected);
      simd.update(parts, update, found);
    }

    // Adam divides by the gradient's size, so an error relative to it is one relative to the rate.
    assertClose(found.weights(), expected.weights(), 1e-4);
    assertClose(found.first(), expected.first(), 1e-3);
    assertClose(found.second(), expected.second(), 1e-2);
  }

  @Test
  void everyLatentMovesAsUnderADenseOptimizer() {
    var sample = new Sample(20, 60, 8, 8);
    CoderState state = sample.state();
    float[] weights = state.weights().decoder().data().clone();
    float[] first = new float[weights.length];
    float[] second = new float[weights.length];

    for (int step = 1; step <= 5; step++) {
      Part part = sample.part(20, step);
      simd.update(
          List.of(part),
          new RowUpdate(optimizer("adam", step), Reach.EVERY, DecoderNorm.FREE, new float[0]),
          state);
      float[] gradient = denseDecoderGradient(part, 60);
      reference.step(optimizer("adam", step), weights, gradient, first, second);
    }

    assertClose(state.weights().decoder().data(), weights, 1e-5);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"adam", "signum", "descent"})
  void denseStepsAgree(String rule) {
    float[] expected = Samples.uniform(1000, 1);
    float[] found = expected.clone();
    float[][] moments = new float[4][1000];
    for (int step = 1; step <= 3; step++) {
      float[] gradient = Samples.uniform(1000, 10 + step);
      reference.step(optimizer(rule, step), expected, gradient, moments[0], moments[1]);
      simd.step(optimizer(rule, step), found, gradient, moments[2], moments[3]);
    }

    assertClose(found, expected, 1e-6);
  }

  @Test
  void threadsDoNotChangeABit() {
    var sample = new Sample(500, 300, 48, 64);
    Matrix[] outs = new Matrix[3];
    CoderState[] states = new CoderState[3];
    double[] sums = new double[3];
    for (int threads = 1; threads <= 3; threads++) {
      try (CoderKernels kernels = new SimdCoderKernels(threads)) {
        var active = new SparseRows();
        kernels.topK(sample.x, sample.encoder, sample.bias, new TopKSearch(9), active);
        float[] gradients = new float[active.size()];
        Matrix out = Samples.matrix(500, 64, 4);
        sums[threads - 1] =
            kernels.residual(active, sample.decoder, sample.target, 0.1f, out, gradients);
        CoderState state = sample.state();
        kernels.update(
            List.of(new Part(active, gradients, sample.x, out)),
            new RowUpdate(optimizer("adam", 1), Reach.EVERY, DecoderNorm.UNIT, new float[0]),
            state);
        outs[threads - 1] = out;
        states[threads - 1] = state;
      }
    }

    for (int i = 1; i < 3; i++) {
      assertThat(sums[i]).isEqualTo(sums[0]);
      assertThat(outs[i].data()).containsExactly(outs[0].data());
      assertThat(states[i].weights().encoder().data())
          .containsExactly(states[0].weights().encoder().data());
      assertThat(states[i].weights().decoder().data())
          .containsExactly(states[0].weights().decoder().data());
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    var sample = new Sample(10, 20, 4, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                simd.topK(
                    sample.x, sample.encoder, new float[3], new TopKSearch(1), new SparseRows()))
        .withMessageContaining("3 biases");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                simd.residual(
                    sample.active,
                    Matrix.zeros(2, 4),
                    sample.target,
                    1,
                    Matrix.zeros(10, 4),
                    new float[sample.active.size()]))
        .withMessageContaining("of 2 at entry");
    assertThatIllegalArgumentException().isThrownBy(() -> new TopKSearch(0));
  }

  /// Random sparse rows with what belongs to them.
  private static final class Sample {
    final Matrix x;
    final Matrix encoder;
    final float[] bias;
    final Matrix decoder;
    final Matrix target;
    final SparseRows active;
    private final int latents;

    Sample(int rows, int latents, int in, int out) {
      this.latents = latents;
      x = Samples.matrix(rows, in, 1);
      encoder = Samples.matrix(latents, in, 2);
      bias = Samples.uniform(latents, 3);
      decoder = Samples.matrix(latents, out, 4);
      target = Samples.matrix(rows, out, 5);
      active = sparse(rows, latents, 6);
    }

    CoderState state() {
      Matrix unit = Matrix.of(decoder.data().clone(), decoder.rows(), decoder.cols());
      for (int i = 0; i < unit.rows(); i++) {
        CoderLoops.normalise(unit.data(), unit.rowOffset(i), unit.cols());
      }
      return CoderState.of(
          new Rows(
              Matrix.of(encoder.data().clone(), encoder.rows(), encoder.cols()),
              bias.clone(),
              unit));
    }

    Part part(int rows, long seed) {
      SparseRows some = sparse(rows, latents, seed);
      float[] gradients = Samples.uniform(some.size(), seed + 1);
      return new Part(some, gradients, x.rows(0, rows), target.rows(0, rows));
    }

    /// Up to 20 entries in each row; the last sixth of the latents has none.
    private static SparseRows sparse(int rows, int latents, long seed) {
      var random = new SplittableRandom(seed);
      var result = new SparseRows();
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < Math.max(1, latents * 5 / 6); i++) {
          if (random.nextInt(latents) < 10) {
            result.add(i, (float) random.nextDouble(0.1, 1));
          }
        }
        result.endRow();
      }
      return result;
    }
  }

  private static RowOptimizer optimizer(String rule, int step) {
    return switch (rule) {
      case "adam" -> RowOptimizer.Adam.of(0.01f, step);
      case "signum" -> new RowOptimizer.Signum(0.01f, 0.95f);
      default -> new RowOptimizer.Descent(0.01f);
    };
  }

  private static float[] denseDecoderGradient(Part part, int latents) {
    int width = part.dY().cols();
    float[] gradient = new float[latents * width];
    SparseRows active = part.active();
    for (int r = 0; r < active.rows(); r++) {
      for (int e = active.starts()[r]; e < active.starts()[r + 1]; e++) {
        for (int c = 0; c < width; c++) {
          gradient[active.columns()[e] * width + c] += active.values()[e] * part.dY().at(r, c);
        }
      }
    }
    return gradient;
  }

  private static Matrix wholeNumbers(int rows, int cols, long seed) {
    var random = new SplittableRandom(seed);
    Matrix m = Matrix.zeros(rows, cols);
    for (int i = 0; i < m.data().length; i++) {
      m.data()[i] = random.nextInt(-3, 4);
    }
    return m;
  }

  private static void scale(Matrix m, float factor) {
    for (int i = 0; i < m.data().length; i++) {
      m.data()[i] *= factor;
    }
  }

  private static void assertSame(SparseRows found, SparseRows expected) {
    int rows = expected.rows();
    int size = expected.size();
    assertThat(found.rows()).isEqualTo(rows);
    assertThat(Arrays.copyOf(found.starts(), rows + 1))
        .containsExactly(Arrays.copyOf(expected.starts(), rows + 1));
    assertThat(Arrays.copyOf(found.columns(), size))
        .containsExactly(Arrays.copyOf(expected.columns(), size));
    assertThat(Arrays.copyOf(found.values(), size))
        .containsExactly(Arrays.copyOf(expected.values(), size));
  }

  private static void assertClose(Rows found, Rows expected, double tolerance) {
    assertClose(found.encoder().data(), expected.encoder().data(), tolerance);
    assertClose(found.bias(), expected.bias(), tolerance);
    assertClose(found.decoder().data(), expected.decoder().data(), tolerance);
  }

  private static void assertClose(float[] found, float[] expected, double tolerance) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      double bound = tolerance * (1 + Math.abs(expected[i]));
      assertThat(found[i]).as("at %d", i).isCloseTo(expected[i], within((float) bound));
    }
  }
}
