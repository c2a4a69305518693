package ai.hartonomous.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What matrices that are only read have in common: they give their numbers back, whatever their
/// order in memory.
class ReadOnlyFormatsTest {

  @ParameterizedTest(name = "{0} x {1}")
  @CsvSource({"0, 3", "1, 1", "4, 0", "15, 33", "16, 32", "17, 7", "50, 193"})
  void groupedFloatsAreTheSameNumbers(int rows, int cols) {
    Matrix exact = Samples.matrix(rows, cols, 1);

    assertThat(numbers(GroupedMatrix.of(exact))).isEqualTo(exact.data());
  }

  @ParameterizedTest(name = "{0} x {1}")
  @CsvSource({"0, 3", "1, 1", "4, 0", "15, 33", "16, 32", "17, 7", "50, 193"})
  void bfloatsAreTheNearest(int rows, int cols) {
    Matrix exact = Samples.matrix(rows, cols, 1);

    float[] rounded = numbers(Bf16Matrix.round(exact));

    for (int i = 0; i < rounded.length; i++) {
      assertThat(Float.floatToRawIntBits(rounded[i]) & 0xffff).isZero();
      // Eight bits of mantissa, the first one implied: half a unit of the last is 2^-9 at most.
      assertThat(Math.abs(rounded[i] - exact.data()[i]))
          .isLessThanOrEqualTo(0x1p-9f * 2 * Math.abs(exact.data()[i]));
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      floats = {0f, -0f, 1f, -2.5f, 3.3895314e38f, 1e-40f, Float.NEGATIVE_INFINITY, Float.NaN})
  void bfloatsKeepExtremes(float x) {
    float kept = Float.intBitsToFloat(Bf16Matrix.round(x) << 16);

    if (Float.isNaN(x)) {
      assertThat(kept).isNaN();
    } else if (Math.abs(x) < Float.MIN_NORMAL) {
      assertThat(kept).isBetween(-Float.MIN_NORMAL, Float.MIN_NORMAL);
    } else {
      assertThat(kept).isEqualTo(x);
    }
  }

  @Test
  void roundingTwiceIsRoundingOnce() {
    Bf16Matrix once = Bf16Matrix.round(Samples.matrix(20, 50, 2));

    assertThat(Bf16Matrix.round(once)).isEqualTo(once);
    assertThat(GroupedMatrix.of(GroupedMatrix.of(once))).isEqualTo(GroupedMatrix.of(once));
  }

  @Test
  void aPassReadsHalfOrAnEighthOfTheBytes() {
    Matrix exact = Samples.matrix(64, 320, 2);

    assertThat(GroupedMatrix.of(exact).sizeBytes()).isEqualTo(exact.sizeBytes());
    assertThat(Bf16Matrix.round(exact).sizeBytes()).isEqualTo(exact.sizeBytes() / 2);
    assertThat(Q8Matrix.quantize(exact).sizeBytes()).isEqualTo(exact.sizeBytes() / 32 * 9);
    assertThat(Q4Matrix.quantize(exact).sizeBytes()).isEqualTo(exact.sizeBytes() / 32 * 5);
  }

  @Test
  void refusesRowsOutsideOfTheMatrix() {
    for (Weight weight : Samples.formats(Matrix.zeros(5, 32))) {
      if (!(weight instanceof Matrix)) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> weight.readRow(5, new float[32], 0))
            .withMessage("row 5 of 5");
      }
    }
  }

  private static float[] numbers(Weight weight) {
    float[] all = new float[weight.rows() * weight.cols()];
    for (int r = 0; r < weight.rows(); r++) {
      weight.readRow(r, all, r * weight.cols());
    }
    return all;
  }
}
