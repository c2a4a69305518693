package ai.hartonomous.tensor;

import java.util.Arrays;

/// A matrix in bfloat16, the upper half of a `float`: as wide a range, three digits.
///
/// In memory 16 rows are interleaved, see {@link RowGroups}, and two neighbouring columns share an
/// `int`, the even one in the lower half: `(r, c)` stands at `(r/16) * 16 * pairs + c/2 * 16 +
/// r%16` with `pairs = ceil(cols / 2)`.
public final class Bf16Matrix implements Weight {

  private static final int HALF = 16;
  private static final int UPPER = 0xffff0000;

  private final int rows;
  private final int cols;
  private final int pairs;
  private final int[] values;

  private Bf16Matrix(int rows, int cols) {
    RowGroups.checkExtents(rows, cols);
    this.rows = rows;
    this.cols = cols;
    pairs = Math.ceilDiv(cols, 2);
    values = new int[Math.multiplyExact(RowGroups.padded(rows), pairs)];
  }

  /// Rounds a matrix to the nearest bfloat16, ties to even. Numbers that are one stay as they are.
  ///
  /// @param matrix numbers to round
  /// @return the rounded matrix
  public static Bf16Matrix round(Weight matrix) {
    Bf16Matrix result = new Bf16Matrix(matrix.rows(), matrix.cols());
    float[] row = new float[2 * result.pairs]; // the last is 0 where columns are odd
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.readRow(r, row, 0);
      int at = RowGroups.index(r, 0, result.pairs);
      for (int p = 0; p < result.pairs; p++) {
        result.values[at + p * RowGroups.SIZE] =
            (round(row[2 * p]) & 0xffff) | (round(row[2 * p + 1]) << HALF);
      }
    }
    return result;
  }

  /// {@return the nearest bfloat16, ties to even; not-a-number stays not-a-number}
  ///
  /// @param x number to round
  public static short round(float x) {
    int bits = Float.floatToRawIntBits(x);
    if (Float.isNaN(x)) {
      return (short) ((bits >>> HALF) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> HALF) & 1)) >>> HALF);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  @Override
  public long sizeBytes() {
    return 4L * values.length;
  }

  @Override
  public void readRow(int row, float[] out, int outOffset) {
    RowGroups.checkRow(row, rows);
    int at = RowGroups.index(row, 0, pairs);
    for (int c = 0; c < cols; c++) {
      int pair = values[at + c / 2 * RowGroups.SIZE];
      out[outOffset + c] = Float.intBitsToFloat(c % 2 == 0 ? pair << HALF : pair & UPPER);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bf16Matrix that
        && rows == that.rows
        && cols == that.cols
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * rows + cols) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Bf16Matrix[%d x %d]".formatted(rows, cols);
  }

  /// {@return `ceil(cols / 2)`}
  int pairs() {
    return pairs;
  }

  /// {@return the interleaved pairs; see the layout above}
  int[] values() {
    return values;
  }
}
