package ai.hartonomous.bench.onnx;

import ai.hartonomous.tensor.Matrix;

/// A weight in 8 bits, in the layout of `MatMulNBits`.
///
/// @param values the numbers
/// @param scales what they are multiplied by
record Quantised(byte[] values, float[] scales) {
  private static final int LARGEST = 127;
  private static final int ZERO_POINT = 128;

  /// For `MatMulNBits`: rows of blocks, each number plus 128, one scale for each block.
  static Quantised blocks(Matrix weight, int block) {
    int rows = weight.rows();
    int cols = weight.cols();
    byte[] values = new byte[rows * cols];
    float[] scales = new float[rows * cols / block];
    for (int start = 0; start < values.length; start += block) {
      float scale = scale(weight, start / cols, start % cols, block);
      scales[start / block] = scale;
      for (int i = 0; i < block; i++) {
        float value = weight.at(start / cols, start % cols + i);
        values[start + i] = (byte) (Math.round(value / scale) + ZERO_POINT);
      }
    }
    return new Quantised(values, scales);
  }

  /// {@return the numbers of `weight` with rows and columns exchanged}
  static float[] transposed(Matrix weight) {
    float[] values = new float[weight.rows() * weight.cols()];
    for (int r = 0; r < weight.rows(); r++) {
      for (int c = 0; c < weight.cols(); c++) {
        values[c * weight.rows() + r] = weight.at(r, c);
      }
    }
    return values;
  }

  private static float scale(Matrix weight, int row, int from, int count) {
    float largest = Float.MIN_NORMAL;
    for (int c = from; c < from + count; c++) {
      largest = Math.max(largest, Math.abs(weight.at(row, c)));
    }
    return largest / LARGEST;
  }
}
