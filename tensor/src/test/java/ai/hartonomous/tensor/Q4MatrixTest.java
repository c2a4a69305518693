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

class Q4MatrixTest {

  @ParameterizedTest(name = "{0} x {1}")
  @CsvSource({"0, 32", "1, 32", "4, 0", "5, 64", "17, 96"})
  void staysWithinAScale(int rows, int cols) {
    Matrix exact = Samples.matrix(rows, cols, 3);

    Q4Matrix rounded = Q4Matrix.quantize(exact);

    float[] row = new float[cols];
    for (int r = 0; r < rows; r++) {
      rounded.readRow(r, row, 0);
      for (int c = 0; c < cols; c++) {
        // A step is at most 1/8 here: half of it, or a whole one opposite to the largest; the half
        // float holds the scale to 2^-11.
        assertThat(row[c]).isCloseTo(exact.at(r, c), within(0.125f * (1 + 0x1p-8f)));
      }
    }
  }

  @Test
  void givesBackTheBlocksItWasMadeFrom() {
    byte[] blocks = new byte[21 * 2 * Q4Matrix.BLOCK_BYTES];
    new SplittableRandom(3).nextBytes(blocks);
    for (int b = 0; b < blocks.length; b += Q4Matrix.BLOCK_BYTES) {
      blocks[b + 1] &= 0x3b; // finite
    }

    Q4Matrix matrix = Q4Matrix.fromBlocks(21, 64, MemorySegment.ofArray(blocks));

    byte[] back = new byte[blocks.length];
    for (int r = 0; r < 21; r++) {
      matrix.readBlocks(r, back, r * 2 * Q4Matrix.BLOCK_BYTES);
    }
    assertThat(back).isEqualTo(blocks);
  }

  @Test
  void readsABlockWorkedByHand() {
    byte[] block = new byte[Q4Matrix.BLOCK_BYTES];
    block[1] = 0x40; // 0x4000 is 2
    block[2] = (byte) 0xf0; // number 0 is 0, number 16 is 15
    block[3] = (byte) 0x98; // number 1 is 8, number 17 is 9
    float[] row = new float[32];

    Q4Matrix.fromBlocks(1, 32, MemorySegment.ofArray(block)).readRow(0, row, 0);

    assertThat(row[0]).isEqualTo(-16f);
    assertThat(row[1]).isEqualTo(0f);
    assertThat(row[16]).isEqualTo(14f);
    assertThat(row[17]).isEqualTo(2f);
    assertThat(row[31]).isEqualTo(-16f);
  }

  @Test
  void keepsZerosExactly() {
    float[] row = new float[32];

    Q4Matrix.quantize(Matrix.zeros(3, 32)).readRow(2, row, 0);

    for (float number : row) {
      assertThat(number).isZero(); // -0, as with GGML
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 33})
  void refusesColumnsThatAreNotWholeBlocks(int cols) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Q4Matrix.quantize(Matrix.zeros(2, cols)))
        .withMessageContaining("multiple of 32");
  }

  @Test
  void refusesTooFewBytes() {
    var bytes = MemorySegment.ofArray(new byte[Q4Matrix.BLOCK_BYTES - 1]);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Q4Matrix.fromBlocks(1, 32, bytes))
        .withMessageContaining("needs 18 bytes, got 17");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 1e8f})
  void refusesNumbersBeyondItsRange(float value) {
    Matrix matrix = Matrix.zeros(1, 32);
    matrix.data()[7] = value;
    matrix.data()[9] = 1;

    assertThatIllegalArgumentException().isThrownBy(() -> Q4Matrix.quantize(matrix));
  }
}
