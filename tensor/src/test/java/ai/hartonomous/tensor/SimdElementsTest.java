package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.SimdAttentionTest.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.tensor.Kernels.AdamStep;
import ai.hartonomous.tensor.Kernels.Gated;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimdElementsTest {

  private final Kernels reference = new ReferenceKernels();
  private final Kernels simd = new SimdKernels(3);

  @AfterEach
  void closeKernels() {
    simd.close();
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activationsAgreeFromTailToTail(Activation activation) {
    int size = 40_001;
    float[] x = new float[size];
    for (int i = 0; i < size; i++) {
      x[i] = (i - 20_000) / 1000f;
    }
    float[] expected = new float[size];
    float[] actual = new float[size];
    reference.activate(activation, x, expected, size);

    simd.activate(activation, x, actual, size);

    for (int i = 0; i < size; i++) {
      // Some units of rounding; where the logistic argument is large, its own rounding is
      // multiplied
      // by it, at most 90 units before the result underflows.
      float bound = 1e-7f * Math.abs(x[i]) + 6e-6f * Math.abs(expected[i]);
      assertThat(actual[i]).as("at %s", x[i]).isCloseTo(expected[i], within(bound + 1e-37f));
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void slopesAgreeAndAreAdded(Activation activation) {
    for (int size : new int[] {0, 1, 15, 16, 17, 1023, 1025, 30_011}) {
      float[] x = Samples.uniform(size, 1);
      for (int i = 0; i < size; i++) {
        x[i] *= 12;
      }
      float[] dOut = Samples.uniform(size, 2);
      float[] expected = Samples.uniform(size, 3);
      float[] actual = expected.clone();
      reference.activateBackward(activation, x, dOut, expected, size);

      simd.activateBackward(activation, x, dOut, actual, size);

      // Slopes are below 1.2, terms of them below 12.
      assertClose(actual, expected, 4e-6f);
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void gatesAgree(Activation activation) {
    for (int size : new int[] {1, 31, 2050, 20_003}) {
      Gated in = new Gated(Samples.uniform(size, 1), Samples.uniform(size, 2));
      float[] expected = new float[size];
      float[] actual = in.up().clone();
      reference.gate(activation, in.gate(), in.up(), expected, size);
      simd.gate(activation, in.gate(), actual, actual, size);
      assertClose(actual, expected, 1e-6f);

      float[] dOut = Samples.uniform(size, 3);
      Gated dExpected = new Gated(Samples.uniform(size, 4), Samples.uniform(size, 5));
      Gated dActual = new Gated(dExpected.gate().clone(), dExpected.up().clone());
      reference.gateBackward(activation, in, dOut, dExpected, size);
      simd.gateBackward(activation, in, dOut, dActual, size);
      assertClose(dActual.gate(), dExpected.gate(), 1e-6f);
      assertClose(dActual.up(), dExpected.up(), 1e-6f);
    }
  }

  @ParameterizedTest(name = "{0} rows of {1}")
  @CsvSource({"0, 8", "1, 1", "3, 49", "5, 128", "700, 100"})
  void normsAndTheirGradientsAgree(int rows, int width) {
    for (Norm norm :
        new Norm[] {
          new Norm(Norm.Kind.LAYER, Samples.uniform(width, 1), Samples.uniform(width, 2), 1e-5f),
          new Norm(Norm.Kind.LAYER, Samples.uniform(width, 1), null, 1e-5f),
          new Norm(Norm.Kind.RMS, Samples.uniform(width, 1), null, 1e-6f)
        }) {
      Matrix x = Samples.spread(Samples.matrix(rows, width, 3));
      Matrix expected = Matrix.zeros(rows, width);
      Matrix actual = Matrix.zeros(rows, width);
      float[] stats = new float[2 * rows];
      float[] statsActual = new float[2 * rows];
      reference.norm(norm, x, expected, stats);
      simd.norm(norm, x, actual, statsActual);
      assertClose(actual.data(), expected.data(), 1e-5f);
      assertRelativelyClose(statsActual, stats, 1e-5f);

      Matrix dOut = Samples.matrix(rows, width, 4);
      Matrix dX = Samples.matrix(rows, width, 5);
      Matrix dXActual = Matrix.of(dX.data().clone(), rows, width);
      Norm dNorm = norm.zeros();
      Norm dNormActual = norm.zeros();
      reference.normBackward(norm, x, stats, dOut, dX, dNorm);
      simd.normBackward(norm, x, stats, dOut, dXActual, dNormActual);
      assertRelativelyClose(dXActual.data(), dX.data(), 1e-5f);
      assertRelativelyClose(dNormActual.gain(), dNorm.gain(), 1e-4f);
      if (dNorm.bias() != null && dNormActual.bias() != null) {
        assertRelativelyClose(dNormActual.bias(), dNorm.bias(), 1e-4f);
      }
    }
  }

  @Test
  void normKeepsRowsOfZerosFinite() {
    Matrix x = Matrix.zeros(2, 20);
    Norm norm = new Norm(Norm.Kind.RMS, Samples.uniform(20, 1), null, 1e-6f);

    simd.norm(norm, x, x, new float[4]);

    assertThat(x.data()).containsOnly(0f);
  }

  @ParameterizedTest(name = "{0} of {1}, heads {2}")
  @CsvSource({"8, 8, 1", "4, 10, 3", "48, 64, 5", "0, 8, 2", "2, 2, 7"})
  void rotationsAgreeAndTurnBack(int dims, int headWidth, int heads) {
    double[] frequencies = new double[dims / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(10_000, -2.0 * i / dims);
    }
    Rotary rotary = Rotary.of(frequencies, 50);
    int[] positions = {0, 3, 49, 7, 7};
    Matrix original = Samples.matrix(5, headWidth * heads, 1);
    Matrix expected = Matrix.of(original.data().clone(), 5, headWidth * heads);
    Matrix actual = Matrix.of(original.data().clone(), 5, headWidth * heads);

    reference.rotate(rotary, expected, headWidth, positions);
    simd.rotate(rotary, actual, headWidth, positions);
    assertClose(actual.data(), expected.data(), 3e-7f);

    simd.rotateBack(rotary, actual, headWidth, positions);
    assertClose(actual.data(), original.data(), 1e-6f);
  }

  @ParameterizedTest(name = "{0} rows of {1}")
  @CsvSource({"0, 5", "1, 1", "4, 15", "3, 512", "40, 1001"})
  void softmaxAndCrossEntropyAgree(int rows, int classes) {
    Matrix logits = logits(rows, classes, 1);
    int[] targets = new int[rows];
    var random = new SplittableRandom(2);
    for (int r = 0; r < rows; r++) {
      targets[r] = r % 5 == 3 ? -1 : random.nextInt(classes);
    }
    float[] expected = new float[rows];
    float[] actual = new float[rows];
    reference.crossEntropy(logits, targets, expected);
    simd.crossEntropy(logits, targets, actual);
    assertRelativelyClose(actual, expected, 3e-6f);

    Matrix d = Matrix.zeros(rows, classes);
    Matrix dActual = Matrix.of(logits.data().clone(), rows, classes);
    reference.crossEntropyBackward(logits, targets, 0.7f, d);
    simd.crossEntropyBackward(dActual, targets, 0.7f, dActual);
    assertClose(dActual.data(), d.data(), 2e-6f);

    Matrix soft = Matrix.of(logits.data().clone(), rows, classes);
    reference.softmax(logits);
    simd.softmax(soft);
    assertClose(soft.data(), logits.data(), 2e-6f);
  }

  @ParameterizedTest(name = "{0} rows of {1}, temperature {2}")
  @CsvSource({"0, 5, 1", "1, 1, 2", "4, 15, 1", "3, 512, 3", "40, 1001, 0.5"})
  void divergencesAgree(int rows, int classes, float temperature) {
    Matrix teacher = logits(rows, classes, 1);
    Matrix student = logits(rows, classes, 2);
    float[] expected = new float[rows];
    float[] actual = new float[rows];
    reference.divergence(teacher, student, temperature, expected);
    simd.divergence(teacher, student, temperature, actual);
    assertRelativelyClose(actual, expected, 2e-5f);

    float[] scales = Samples.uniform(rows, 3);
    Matrix d = Matrix.zeros(rows, classes);
    reference.divergenceBackward(teacher, student, temperature, scales, d);
    simd.divergenceBackward(teacher, student, temperature, scales, student);
    assertClose(student.data(), d.data(), 5e-6f);
  }

  @Test
  void softmaxBearsInfiniteLogits() {
    Matrix row = Matrix.of(new float[] {3e38f, -3e38f, Float.NEGATIVE_INFINITY}, 1, 3);

    simd.softmax(row);

    assertThat(row.data()).containsExactly(1, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 1000, 300_000})
  void elementwiseOperationsAgree(int size) {
    float[] a = Samples.uniform(size, 1);
    float[] b = Samples.uniform(size, 2);
    float[] expected = new float[size];
    float[] actual = new float[size];
    reference.add(a, b, expected, size);
    simd.add(a, b, actual, size);
    assertThat(actual).isEqualTo(expected);

    reference.addScaled(0.3f, a, expected, size);
    simd.addScaled(0.3f, a, actual, size);
    assertThat(actual).isEqualTo(expected);

    assertThat(simd.sumOfSquares(a))
        .isCloseTo(reference.sumOfSquares(a), within(1e-12 * (size + 1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 1000, 100_003})
  void optimiserStepsAgree(int size) {
    float[] w = Samples.uniform(size, 1);
    float[] g = Samples.uniform(size, 2);
    float[] m = Samples.uniform(size, 3);
    float[] v = new float[size];
    float[] wActual = w.clone();
    float[] mActual = m.clone();
    float[] vActual = v.clone();
    for (int step = 1; step <= 3; step++) {
      var adam = new AdamStep(1e-2f, 0.1f, 0.9f, 0.999f, 0.5f, step);
      reference.adamW(adam, w, g, m, v);
      simd.adamW(adam, wActual, g, mActual, vActual);
    }

    // 1 - beta2 in single precision is off by 3e-5 of itself; so is the root, by half as much.
    assertClose(mActual, m, 1e-6f);
    assertRelativelyClose(vActual, v, 1e-4f);
    for (int i = 0; i < size; i++) {
      // The change is rate * m / root; tiny gradients under a large first moment make it large.
      float bound = 1e-6f + 1e-4f * Math.abs(w[i]);
      assertThat(wActual[i]).isCloseTo(w[i], within(bound));
    }
  }

  @ParameterizedTest(name = "{0} rows of {1}")
  @CsvSource({"0, 5", "3, 1", "900, 49", "70, 520"})
  void gathersAndScattersAgree(int rows, int width) {
    Matrix table = Samples.matrix(20, width, 1);
    int[] ids = new SplittableRandom(2).ints(rows, 0, 20).toArray();
    Matrix expected = Matrix.zeros(rows, width);
    Matrix actual = Samples.spread(expected);
    reference.gather(table, ids, expected);
    simd.gather(table, ids, actual);
    for (int r = 0; r < rows; r++) {
      assertThat(actual.at(r, width - 1)).isEqualTo(expected.at(r, width - 1));
    }

    Matrix d = Samples.matrix(20, width, 3);
    Matrix dActual = Matrix.of(d.data().clone(), 20, width);
    reference.scatterAdd(expected, ids, d);
    simd.scatterAdd(expected, ids, dActual);
    assertThat(dActual.data()).isEqualTo(d.data());

    float[] sums = Samples.uniform(width, 4);
    float[] sumsActual = sums.clone();
    reference.sumRows(expected, sums);
    simd.sumRows(expected, sumsActual);
    assertRelativelyClose(sumsActual, sums, 1e-4f);
  }

  @Test
  void refusesWrongSizes() {
    float[] four = new float[4];
    Matrix x = Matrix.zeros(2, 4);
    Norm norm = new Norm(Norm.Kind.RMS, new float[3], null, 1e-6f);

    assertThatIllegalArgumentException().isThrownBy(() -> simd.add(four, four, four, 5));
    assertThatIllegalArgumentException().isThrownBy(() -> simd.addScaled(1, four, four, -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simd.activate(Activation.SILU, four, four, 5));
    assertThatIllegalArgumentException().isThrownBy(() -> simd.norm(norm, x, x, four));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simd.gather(x, new int[] {0, 2}, Matrix.zeros(2, 4)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simd.crossEntropy(x, new int[] {4, 0}, four));
    assertThatIllegalArgumentException().isThrownBy(() -> simd.divergence(x, x, 0, four));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simd.rotate(Rotary.of(new double[] {1}, 2), x, 4, new int[] {0, 2}));
    assertThatIllegalArgumentException().isThrownBy(() -> simd.sumRows(x.transposed(), four));
  }

  private static Matrix logits(int rows, int classes, long seed) {
    Matrix logits = Samples.matrix(rows, classes, seed);
    for (int i = 0; i < logits.data().length; i++) {
      logits.data()[i] *= 10;
    }
    return logits;
  }

  private static void assertRelativelyClose(float[] actual, float[] expected, float tolerance) {
    float most = 1e-3f;
    for (float value : expected) {
      most = Math.max(most, Math.abs(value));
    }
    assertClose(actual, expected, tolerance * most);
  }
}
