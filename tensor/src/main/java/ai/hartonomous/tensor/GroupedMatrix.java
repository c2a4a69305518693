package ai.hartonomous.tensor;

import java.util.Arrays;

/// A matrix of `float` in the order in which few rows of input are multiplied fastest, see {@link
/// RowGroups}: `(r, c)` stands at `(r/16) * 16 * cols + c * 16 + r%16`. The same numbers as in a
/// {@link Matrix}, but only to be read.
public final class GroupedMatrix implements Weight {

  private final int rows;
  private final int cols;
  private final float[] values;

  private GroupedMatrix(int rows, int cols) {
    RowGroups.checkExtents(rows, cols);
    this.rows = rows;
    this.cols = cols;
    values = new float[Math.multiplyExact(RowGroups.padded(rows), cols)];
  }

  /// {@return the same numbers in another order}
  ///
  /// @param matrix numbers to copy
  public static GroupedMatrix of(Weight matrix) {
    GroupedMatrix result = new GroupedMatrix(matrix.rows(), matrix.cols());
    float[] row = new float[matrix.cols()];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.readRow(r, row, 0);
      int at = RowGroups.index(r, 0, matrix.cols());
      for (int c = 0; c < row.length; c++) {
        result.values[at + c * RowGroups.SIZE] = row[c];
      }
    }
    return result;
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
    int at = RowGroups.index(row, 0, cols);
    for (int c = 0; c < cols; c++) {
      out[outOffset + c] = values[at + c * RowGroups.SIZE];
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupedMatrix that
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
    return "GroupedMatrix[%d x %d]".formatted(rows, cols);
  }

  /// {@return the interleaved numbers; see the layout above}
  float[] values() {
    return values;
  }
}
