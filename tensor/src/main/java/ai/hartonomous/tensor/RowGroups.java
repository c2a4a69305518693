package ai.hartonomous.tensor;

/// The order of numbers in matrices that are only read: 16 neighbouring rows are interleaved column
/// by column, so that a pass over 16 rows reads one sequential stream and needs no sums across a
/// vector. Rows are padded with zeros to a multiple of 16.
final class RowGroups {

  /// Rows that are interleaved.
  static final int SIZE = 16;

  private RowGroups() {}

  /// {@return rows with padding}
  static int padded(int rows) {
    return Math.multiplyExact(Math.ceilDiv(rows, SIZE), SIZE);
  }

  /// {@return the place of a unit in an array of `units` for each row}
  ///
  /// @param row row of the matrix
  /// @param unit a column, or a bundle of columns that stand together
  /// @param units how many of them a row has
  static int index(int row, int unit, int units) {
    return row / SIZE * SIZE * units + unit * SIZE + row % SIZE;
  }

  static void checkRow(int row, int rows) {
    if (row < 0 || row >= rows) {
      throw new IllegalArgumentException("row %d of %d".formatted(row, rows));
    }
  }

  static void checkExtents(int rows, int cols) {
    if (rows < 0 || cols < 0) {
      throw new IllegalArgumentException("negative extent in matrix %d x %d".formatted(rows, cols));
    }
  }
}
