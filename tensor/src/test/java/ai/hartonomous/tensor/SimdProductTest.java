package ai.hartonomous.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimdProductTest {

  private final Kernels reference = new ReferenceKernels();
  private final Kernels simd = new SimdKernels(2);

  @AfterEach
  void closeKernels() {
    simd.close();
  }

  // Extents around the tile (12 x 32), the packed blocks (96, 256, 1024) and the in-place limit.
  @ParameterizedTest(name = "{0} x {1} x {2}")
  @CsvSource({
    "1, 1, 1",
    "1, 7, 33",
    "5, 49, 8",
    "12, 256, 32",
    "13, 257, 31",
    "25, 3, 64",
    "97, 300, 65",
    "130, 17, 513",
    "64, 64, 1025",
    "31, 520, 600",
    "300, 1, 40",
    "2, 1000, 3",
    "0, 4, 4",
    "4, 0, 4",
    "4, 4, 0"
  })
  void productsAgreeInAllLayouts(int m, int k, int n) {
    Matrix a = Samples.matrix(m, k, 1);
    Matrix b = Samples.matrix(k, n, 2);
    Matrix expected = Matrix.zeros(m, n);
    reference.multiply(a, b, expected);

    for (Matrix left : new Matrix[] {a, Samples.columnMajor(a), Samples.spread(a)}) {
      for (Matrix right : new Matrix[] {b, Samples.columnMajor(b), Samples.spread(b)}) {
        Matrix c = Samples.matrix(m, n, 3);
        simd.multiply(left, right, c);
        assertClose(c, expected, k);

        Matrix turned = Samples.columnMajor(Samples.matrix(m, n, 4));
        simd.multiply(left, right, turned);
        assertClose(turned, expected, k);
      }
    }
  }

  @ParameterizedTest(name = "{0} x {1} x {2}")
  @CsvSource({"1, 1, 1", "13, 257, 33", "100, 300, 40", "9, 0, 9", "40, 600, 700"})
  void additionKeepsWhatWasThere(int m, int k, int n) {
    Matrix a = Samples.matrix(m, k, 1);
    Matrix b = Samples.matrix(k, n, 2);
    Matrix expected = Samples.matrix(m, n, 3);
    Matrix c = Samples.spread(expected);
    reference.multiplyAdd(a, b, expected);

    simd.multiplyAdd(a, b, c);

    assertClose(c, expected, k + 1);
  }

  @ParameterizedTest(name = "{0} rows, {1} -> {2}")
  @CsvSource({
    "0, 8, 8", "1, 1, 1", "1, 49, 7", "1, 288, 1000", "2, 33, 5", "3, 64, 50", "4, 100, 100",
    "5, 31, 130", "24, 96, 97", "25, 96, 97", "200, 64, 1", "64, 0, 9", "3, 0, 9", "70, 300, 600"
  })
  void projectionsAgreeWithAndWithoutBias(int rows, int in, int out) {
    Matrix x = Samples.spread(Samples.matrix(rows, in, 1));
    Matrix weight = Samples.matrix(out, in, 2);

    for (float[] bias : new float[][] {null, Samples.uniform(out, 3)}) {
      Matrix expected = Matrix.zeros(rows, out);
      reference.project(x, weight, bias, expected);
      for (Matrix w : new Matrix[] {weight, Samples.columnMajor(weight), Samples.spread(weight)}) {
        Matrix y = Samples.matrix(rows, out, 4);
        simd.project(x, w, bias, y);
        assertClose(y, expected, in + 1);
      }
    }
  }

  @ParameterizedTest(name = "{0} rows, {1} -> {2}")
  @CsvSource({
    "1, 32, 1",
    "1, 288, 769",
    "2, 64, 4",
    "4, 96, 33",
    "5, 32, 6",
    "24, 64, 13",
    "40, 320, 70",
    "1, 33, 7",
    "2, 1, 1",
    "4, 193, 65",
    "24, 31, 130",
    "25, 193, 97",
    "64, 600, 33",
    "0, 32, 8"
  })
  void projectionsOfAllFormatsAgree(int rows, int in, int out) {
    Matrix x = Samples.spread(Samples.matrix(rows, in, 1));
    for (Weight weight : Samples.formats(Samples.matrix(out, in, 2))) {
      for (float[] bias : new float[][] {null, Samples.uniform(out, 3)}) {
        Matrix expected = Matrix.zeros(rows, out);
        reference.project(x, weight, bias, expected);

        Matrix y = Samples.matrix(rows, out, 4);
        simd.project(x, weight, bias, y);

        assertClose(y, expected, in + 1);
      }
    }
  }

  @ParameterizedTest(name = "{0} rows")
  @ValueSource(ints = {1, 5, 30})
  void divisionAmongThreadsChangesNoBitInAnyFormat(int rows) {
    Matrix x = Samples.matrix(rows, 288, 1);
    for (Weight weight : Samples.formats(Samples.matrix(1500, 288, 2))) {
      Matrix expected = Matrix.zeros(rows, 1500);
      simd.project(x, weight, null, expected);
      for (int threads : new int[] {1, 3, 8}) {
        Matrix actual = Matrix.zeros(rows, 1500);
        try (Kernels others = new SimdKernels(threads)) {
          others.project(x, weight, null, actual);
        }
        assertThat(actual.data()).as("%s, %d threads", weight, threads).isEqualTo(expected.data());
      }
    }
  }

  @Test
  void eightBitProjectionIsWithinItsQuantisationError() {
    Matrix x = Samples.matrix(3, 256, 1);
    Matrix exact = Samples.matrix(50, 256, 2);
    Matrix expected = Matrix.zeros(3, 50);
    reference.project(x, exact, null, expected);

    Matrix y = Matrix.zeros(3, 50);
    simd.project(x, Q8Matrix.quantize(exact), null, y);

    for (int r = 0; r < 3; r++) {
      float magnitude = 0;
      for (int k = 0; k < 256; k++) {
        magnitude += Math.abs(x.at(r, k));
      }
      for (int n = 0; n < 50; n++) {
        // Each weight is off by at most half a scale, and a scale is at most 1/127 here.
        assertThat(Math.abs(y.at(r, n) - expected.at(r, n))).isLessThan(magnitude * 0.51f / 127);
      }
    }
  }

  @Test
  void productPassesExtremesOn() {
    Matrix a = Matrix.of(new float[] {Float.MAX_VALUE, 1e-38f, 0, Float.NaN}, 2, 2);
    Matrix b = Matrix.of(new float[] {2, 0, 0, 1}, 2, 2);
    Matrix c = Matrix.zeros(2, 2);

    simd.multiply(a, b, c);

    assertThat(c.data()[0]).isInfinite();
    assertThat(c.data()[1]).isEqualTo(1e-38f);
    assertThat(c.data()[3]).isNaN();
  }

  @Test
  void sameInputsGiveTheSameBits() {
    Matrix a = Samples.matrix(150, 300, 1);
    Matrix b = Samples.matrix(300, 170, 2);
    Matrix once = Matrix.zeros(150, 170);
    simd.multiply(a, b, once);

    // Many runs, so that interpreted and compiled code are both met.
    for (int run = 0; run < 60; run++) {
      Matrix again = Matrix.zeros(150, 170);
      simd.multiply(a, b, again);
      assertThat(Arrays.equals(again.data(), once.data())).isTrue();
    }
  }

  @ParameterizedTest(name = "{0} threads")
  @ValueSource(ints = {1, 3, 7, 16})
  void divisionAmongThreadsChangesNoBit(int threads) {
    Matrix x = Samples.matrix(230, 300, 1);
    Matrix weight = Samples.matrix(700, 300, 2);
    float[] bias = Samples.uniform(700, 3);
    Matrix expected = Matrix.zeros(230, 700);
    simd.project(x, weight, bias, expected);

    Matrix actual = Matrix.zeros(230, 700);
    Matrix few = Matrix.zeros(20, 700);
    Matrix fewExpected = Matrix.zeros(20, 700);
    try (Kernels others = new SimdKernels(threads)) {
      others.project(x, weight, bias, actual);
      others.project(x.rows(0, 20), weight, bias, few);
    }

    simd.project(x.rows(0, 20), weight, bias, fewExpected);
    assertThat(actual.data()).isEqualTo(expected.data());
    assertThat(few.data()).isEqualTo(fewExpected.data());
  }

  @Test
  void refusesFactorsThatDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> simd.multiply(Matrix.zeros(2, 3), Matrix.zeros(4, 2), Matrix.zeros(2, 2)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> simd.project(Matrix.zeros(2, 3), Matrix.zeros(4, 2), null, Matrix.zeros(2, 4)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                simd.project(
                    Matrix.zeros(2, 3), Matrix.zeros(4, 3), new float[3], Matrix.zeros(2, 4)));
  }

  /// Numbers lie in [-1, 1], so a sum of `terms` products is off by at most about `terms` units of
  /// rounding of its largest partial sum, `terms`; random signs keep it near the root of that, and
  /// the root of `terms` is taken once (Higham, Accuracy and Stability, section 3.1).
  private static void assertClose(Matrix actual, Matrix expected, int terms) {
    double bound = Math.ulp(1f) * (terms + 1) * Math.sqrt(terms + 1.0) / 4;
    for (int r = 0; r < expected.rows(); r++) {
      for (int c = 0; c < expected.cols(); c++) {
        double error = Math.abs((double) actual.at(r, c) - expected.at(r, c));
        if (!(error <= bound)) {
          assertThat((double) actual.at(r, c))
              .as("row %d, column %d, within %s", r, c, bound)
              .isEqualTo(expected.at(r, c));
        }
      }
    }
  }
}
