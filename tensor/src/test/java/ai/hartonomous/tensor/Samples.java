package ai.hartonomous.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Random inputs for tests, the same for the same seed.
final class Samples {

  private Samples() {}

  /// {@return `size` numbers in `[-1, 1)`}
  static float[] uniform(int size, long seed) {
    var random = new SplittableRandom(seed);
    float[] numbers = new float[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = (float) random.nextDouble(-1, 1);
    }
    return numbers;
  }

  /// {@return a row-major matrix of numbers in `[-1, 1)`}
  static Matrix matrix(int rows, int cols, long seed) {
    return Matrix.of(uniform(rows * cols, seed), rows, cols);
  }

  /// {@return a matrix of the same numbers whose columns are contiguous}
  static Matrix columnMajor(Matrix matrix) {
    Matrix turned = Matrix.zeros(matrix.cols(), matrix.rows());
    for (int r = 0; r < matrix.rows(); r++) {
      for (int c = 0; c < matrix.cols(); c++) {
        turned.data()[turned.rowOffset(c) + r] = matrix.at(r, c);
      }
    }
    return turned.transposed();
  }

  /// {@return the same numbers inside a larger array, rows apart}
  static Matrix spread(Matrix matrix) {
    int stride = matrix.cols() + 3;
    float[] data = new float[5 + matrix.rows() * stride];
    Matrix view = new Matrix(data, 5, matrix.rows(), matrix.cols(), stride, 1);
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.readRow(r, data, view.rowOffset(r));
    }
    return view;
  }

  /// {@return a matrix in every number format that its columns allow}
  static List<Weight> formats(Matrix matrix) {
    List<Weight> formats = new ArrayList<>();
    formats.add(matrix);
    formats.add(GroupedMatrix.of(matrix));
    formats.add(Bf16Matrix.round(matrix));
    if (matrix.cols() % Q8Matrix.BLOCK == 0) {
      formats.add(Q8Matrix.quantize(matrix));
      formats.add(Q4Matrix.quantize(matrix));
    }
    return formats;
  }
}
