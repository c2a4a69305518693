package ai.hartonomous.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Q8MatrixTest {

  @ParameterizedTest(name = "{0} x {1}")
  @CsvSource({"0, 32", "1, 32", "4, 0", "5, 64", "13, 96"})
  void staysWithinHalfAScale(int rows, int cols) {
    Matrix exact = uniform(rows, cols);

    Q8Matrix rounded = Q8Matrix.quantize(exact);

    float[] row = new float[cols];
    for (int r = 0; r < rows; r++) {
      rounded.readRow(r, row, 0);
      for (int c = 0; c < cols; c++) {
        // Half a step of the scale, which is at most 1/127 here; the half float holds it to 2^-11.
        assertThat(row[c]).isCloseTo(exact.at(r, c), within(0.5f / 127 * (1 + 0x1p-10f)));
      }
    }
  }

  @Test
  void givesBackTheBlocksItWasMadeFrom() {
    byte[] blocks = new byte[5 * 2 * Q8Matrix.BLOCK_BYTES];
    var random = new SplittableRandom(3);
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = (byte) random.nextInt(-127, 128);
    }

    Q8Matrix matrix = Q8Matrix.fromBlocks(5, 64, MemorySegment.ofArray(blocks));

    byte[] back = new byte[blocks.length];
    for (int r = 0; r < 5; r++) {
      matrix.readBlocks(r, back, r * 2 * Q8Matrix.BLOCK_BYTES);
    }
    assertThat(back).isEqualTo(blocks);
    float scale = Float.float16ToFloat((short) ((blocks[34] & 0xff) | blocks[35] << 8));
    float[] row = new float[64];
    matrix.readRow(0, row, 0);
    assertThat(row[32]).isEqualTo(scale * blocks[36]);
  }

  @Test
  void keepsZerosExactly() {
    Q8Matrix zeros = Q8Matrix.quantize(Matrix.zeros(3, 32));

    assertThat(zeros.toMatrix().data()).containsOnly(0f);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 33})
  void refusesColumnsThatAreNotWholeBlocks(int cols) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Q8Matrix.quantize(Matrix.zeros(2, cols)))
        .withMessageContaining("multiple of 32");
  }

  @Test
  void refusesTooFewBytes() {
    var bytes = MemorySegment.ofArray(new byte[Q8Matrix.BLOCK_BYTES - 1]);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Q8Matrix.fromBlocks(1, 32, bytes))
        .withMessageContaining("needs 34 bytes, got 33");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 1e8f})
  void refusesNumbersBeyondItsRange(float value) {
    Matrix matrix = Matrix.zeros(1, 32);
    matrix.data()[7] = value;

    assertThatIllegalArgumentException().isThrownBy(() -> Q8Matrix.quantize(matrix));
  }

  private static Matrix uniform(int rows, int cols) {
    var random = new SplittableRandom(rows * 1000L + cols);
    Matrix matrix = Matrix.zeros(rows, cols);
    for (int i = 0; i < rows * cols; i++) {
      matrix.data()[i] = (float) random.nextDouble(-1, 1);
    }
    return matrix;
  }
}
