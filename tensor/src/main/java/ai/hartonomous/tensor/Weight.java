package ai.hartonomous.tensor;

/// The matrix of a linear map `y = W x`, `[rows, cols]` = `[outputs, inputs]`, in one of the number
/// formats that {@link Kernels#project} reads. A {@link Matrix} is the exact and trainable one; the
/// others are only read.
public sealed interface Weight permits Matrix, GroupedMatrix, Bf16Matrix, Q8Matrix, Q4Matrix {

  /// {@return number of outputs}
  int rows();

  /// {@return number of inputs}
  int cols();

  /// {@return bytes that one pass over the weight reads}
  long sizeBytes();

  /// Writes one row, converted to `float`.
  ///
  /// @param row row to read
  /// @param out receives `cols` values
  /// @param outOffset place of the first one
  void readRow(int row, float[] out, int outOffset);
}
