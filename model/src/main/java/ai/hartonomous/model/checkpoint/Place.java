package ai.hartonomous.model.checkpoint;

import ai.hartonomous.tensor.Weight;
import java.util.List;

/// Where a matrix `[rows, cols]` or vector of the model stands in a tensor of a file. The same
/// description serves reading and writing.
///
/// @param tensor name in the file
/// @param shape extents in the file
/// @param form order of the numbers in the file
/// @param rows where the rows stand
/// @param cols where the columns stand
record Place(String tensor, List<Long> shape, Form form, Units rows, Units cols) {

  /// Order of the numbers in the file.
  enum Form {
    /// `[rows, cols]`.
    ROWS,
    /// `[cols, rows]`.
    TRANSPOSED,
    /// `[heads, cols, rows of a head]`: each head transposed by itself.
    HEADS
  }

  Place {
    shape = List.copyOf(shape);
  }

  /// {@return a matrix stored as `[rows, cols]`}
  static Place matrix(String tensor, Units rows, Units cols) {
    List<Long> shape = List.of(rows.storedSize(), cols.storedSize());
    return new Place(tensor, shape, Form.ROWS, rows, cols);
  }

  /// {@return a matrix stored as `[cols, rows]`}
  static Place transposed(String tensor, Units rows, Units cols) {
    List<Long> shape = List.of(cols.storedSize(), rows.storedSize());
    return new Place(tensor, shape, Form.TRANSPOSED, rows, cols);
  }

  /// {@return a vector}
  static Place vector(String tensor, Units units) {
    return new Place(tensor, List.of(units.storedSize()), Form.ROWS, units, Units.all(1));
  }

  /// {@return the same with another shape of equally many numbers}
  Place withShape(Long... changed) {
    return new Place(tensor, List.of(changed), form, rows, cols);
  }

  /// {@return the matrix, row-major}
  ///
  /// @param stored all numbers of the tensor
  float[] take(float[] stored) {
    float[] out = new float[Math.multiplyExact(rows.size(), cols.size())];
    for (int r = 0; r < rows.size(); r++) {
      int base = base(rows.storedRow(r));
      for (int c = 0; c < cols.size(); c++) {
        out[r * cols.size() + c] = stored[base + cols.storedRow(c) * stride()];
      }
    }
    return out;
  }

  /// Puts a matrix where it belongs.
  ///
  /// @param matrix numbers of the model, `[rows, cols]`
  /// @param stored all numbers of the tensor
  void put(Weight matrix, float[] stored) {
    if (matrix.rows() != rows.size() || matrix.cols() != cols.size()) {
      throw new IllegalArgumentException(
          "%s: %d x %d in the weights, %d x %d by the configuration"
              .formatted(tensor, matrix.rows(), matrix.cols(), rows.size(), cols.size()));
    }
    float[] row = new float[cols.size()];
    for (int r = 0; r < rows.size(); r++) {
      matrix.readRow(r, row, 0);
      int base = base(rows.storedRow(r));
      for (int c = 0; c < row.length; c++) {
        stored[base + cols.storedRow(c) * stride()] = row[c];
      }
    }
  }

  /// {@return numbers in the tensor}
  int storedElements() {
    return Math.multiplyExact(
        Math.toIntExact(rows.storedSize()), Math.toIntExact(cols.storedSize()));
  }

  /// {@return whether only whole rows move}
  boolean keepsRowsWhole() {
    return form == Form.ROWS && cols.isIdentity();
  }

  /// {@return whether the tensor holds the matrix as it is}
  boolean isWholeTensor() {
    return form == Form.ROWS && rows.isIdentity() && cols.isIdentity();
  }

  /// Place of the first number of a stored row.
  private int base(int row) {
    int width = rows.width();
    return switch (form) {
      case ROWS -> row * (int) cols.storedSize();
      case TRANSPOSED -> row;
      case HEADS -> row / width * width * (int) cols.storedSize() + row % width;
    };
  }

  /// Distance between neighbours in a stored row.
  private int stride() {
    return switch (form) {
      case ROWS -> 1;
      case TRANSPOSED -> (int) rows.storedSize();
      case HEADS -> rows.width();
    };
  }
}
