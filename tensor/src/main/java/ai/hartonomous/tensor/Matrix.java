package ai.hartonomous.tensor;

/// A view of `rows x cols` numbers inside a flat array: element `(r, c)` stands at `offset + r *
/// rowStride + c * colStride`. One of the two strides is 1. The view owns nothing; several views
/// may share one array.
///
/// @param data backing array
/// @param offset place of element `(0, 0)` in `data`
/// @param rows number of rows, at least 0
/// @param cols number of columns, at least 0
/// @param rowStride distance between neighbouring rows, in elements
/// @param colStride distance between neighbouring columns, in elements
public record Matrix(float[] data, int offset, int rows, int cols, int rowStride, int colStride)
    implements Weight {

  /// Checks that every element lies inside `data`.
  ///
  /// @throws IllegalArgumentException if an extent is negative, no stride is 1, or the last element
  ///   lies outside `data`
  public Matrix {
    if (rows < 0 || cols < 0 || offset < 0) {
      throw new IllegalArgumentException(
          "negative extent in matrix %d x %d at %d".formatted(rows, cols, offset));
    }
    if (rowStride != 1 && colStride != 1) {
      throw new IllegalArgumentException(
          "strides %d and %d: one must be 1".formatted(rowStride, colStride));
    }
    long last = offset + (rows - 1L) * rowStride + (cols - 1L) * colStride;
    if (rows > 0 && cols > 0 && last >= data.length) {
      throw new IllegalArgumentException(
          "matrix %d x %d ends at %d, array has %d".formatted(rows, cols, last, data.length));
    }
  }

  /// {@return a new row-major matrix of zeros}
  ///
  /// @param rows number of rows
  /// @param cols number of columns
  public static Matrix zeros(int rows, int cols) {
    return of(new float[Math.multiplyExact(rows, cols)], rows, cols);
  }

  /// {@return a row-major view of the first `rows * cols` elements of `data`}
  ///
  /// @param data backing array
  /// @param rows number of rows
  /// @param cols number of columns
  public static Matrix of(float[] data, int rows, int cols) {
    return new Matrix(data, 0, rows, cols, cols, 1);
  }

  /// {@return the same numbers with rows and columns exchanged; nothing is copied}
  public Matrix transposed() {
    return new Matrix(data, offset, cols, rows, colStride, rowStride);
  }

  /// {@return a view of rows `from` (inclusive) to `to` (exclusive)}
  ///
  /// @param from first row
  /// @param to row after the last
  public Matrix rows(int from, int to) {
    return new Matrix(data, offset + from * rowStride, to - from, cols, rowStride, colStride);
  }

  /// {@return a view of columns `from` (inclusive) to `to` (exclusive)}
  ///
  /// @param from first column
  /// @param to column after the last
  public Matrix cols(int from, int to) {
    return new Matrix(data, offset + from * colStride, rows, to - from, rowStride, colStride);
  }

  /// {@return the element at row `r`, column `c`}
  ///
  /// @param r row
  /// @param c column
  public float at(int r, int c) {
    return data[offset + r * rowStride + c * colStride];
  }

  /// {@return the place of element `(r, 0)` in `data`}
  ///
  /// @param r row
  public int rowOffset(int r) {
    return offset + r * rowStride;
  }

  @Override
  public void readRow(int row, float[] out, int outOffset) {
    for (int c = 0; c < cols; c++) {
      out[outOffset + c] = at(row, c);
    }
  }

  @Override
  public long sizeBytes() {
    return 4L * rows * cols;
  }
}
