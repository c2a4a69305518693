package ai.hartonomous.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A matrix in eight bits: blocks of 32 neighbouring columns share one scale, and a number is
/// `scale
/// * q` with `q` in `[-127, 127]`. This is the format `Q8_0` of GGUF, 8.5 bits for each number.
///
/// Scales are half floats, kept as floats for speed. In memory 16 rows are interleaved, see {@link
/// RowGroups}: `(r, c)` stands at `(r/16) * 16 * cols + c * 16 + r%16`, its scale at `(r/16) * 16 *
/// cols/32 + (c/32) * 16 + r%16`.
public final class Q8Matrix implements Weight {

  /// Columns that share a scale.
  public static final int BLOCK = 32;

  /// Bytes of one block in GGUF: the scale as little-endian half float, then 32 signed bytes.
  public static final int BLOCK_BYTES = 2 + BLOCK;

  /// Rows that are interleaved.
  static final int GROUP = RowGroups.SIZE;

  private static final int LARGEST = 127;
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int rows;
  private final int cols;
  private final byte[] values;
  private final float[] scales;

  private Q8Matrix(int rows, int cols) {
    if (rows < 0 || cols < 0 || cols % BLOCK != 0) {
      throw new IllegalArgumentException(
          "8-bit matrix %d x %d: the columns must be a multiple of %d"
              .formatted(rows, cols, BLOCK));
    }
    this.rows = rows;
    this.cols = cols;
    int padded = RowGroups.padded(rows);
    this.values = new byte[Math.multiplyExact(padded, cols)];
    this.scales = new float[padded * (cols / BLOCK)];
  }

  /// Rounds a matrix to eight bits. Within a block each number is off by at most half a scale, and
  /// the scale is the largest magnitude / 127, rounded to a half float.
  ///
  /// @param matrix finite numbers below 8.3 million; its columns are a multiple of 32
  /// @return the rounded matrix
  /// @throws IllegalArgumentException if the columns do not fit or a number is too large
  public static Q8Matrix quantize(Weight matrix) {
    Q8Matrix result = new Q8Matrix(matrix.rows(), matrix.cols());
    float[] row = new float[matrix.cols()];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.readRow(r, row, 0);
      for (int block = 0; block < matrix.cols() / BLOCK; block++) {
        result.quantizeBlock(r, block, row);
      }
    }
    return result;
  }

  private void quantizeBlock(int row, int block, float[] in) {
    float largest = 0;
    for (int i = 0; i < BLOCK; i++) {
      largest = Math.max(largest, Math.abs(in[block * BLOCK + i]));
    }
    float scale = Float.float16ToFloat(Float.floatToFloat16(largest / LARGEST));
    if (!Float.isFinite(scale)) {
      throw new IllegalArgumentException(
          "%s in row %d is too large for 8-bit blocks".formatted(largest, row));
    }
    scales[scaleIndex(row, block)] = scale;
    for (int c = block * BLOCK; c < (block + 1) * BLOCK; c++) {
      int q = scale == 0 ? 0 : Math.round(in[c] / scale);
      values[valueIndex(row, c)] = (byte) Math.clamp(q, -LARGEST, LARGEST);
    }
  }

  /// Takes over the blocks of a GGUF tensor of type `Q8_0` without changing a bit.
  ///
  /// @param rows number of rows
  /// @param cols number of columns, a multiple of 32
  /// @param blocks `rows * cols / 32` blocks of {@link #BLOCK_BYTES} bytes, row-major
  /// @return the same numbers
  /// @throws IllegalArgumentException if the columns or the number of bytes do not fit
  public static Q8Matrix fromBlocks(int rows, int cols, MemorySegment blocks) {
    Q8Matrix result = new Q8Matrix(rows, cols);
    int perRow = cols / BLOCK;
    long expected = (long) rows * perRow * BLOCK_BYTES;
    if (blocks.byteSize() != expected) {
      throw new IllegalArgumentException(
          "8-bit matrix %d x %d needs %d bytes, got %d"
              .formatted(rows, cols, expected, blocks.byteSize()));
    }
    for (int r = 0; r < rows; r++) {
      for (int b = 0; b < perRow; b++) {
        long at = ((long) r * perRow + b) * BLOCK_BYTES;
        result.scales[result.scaleIndex(r, b)] = Float.float16ToFloat(blocks.get(HALF, at));
        for (int i = 0; i < BLOCK; i++) {
          byte q = blocks.get(ValueLayout.JAVA_BYTE, at + 2 + i);
          result.values[result.valueIndex(r, b * BLOCK + i)] = q;
        }
      }
    }
    return result;
  }

  /// Writes one row as GGUF blocks, the inverse of {@link #fromBlocks}.
  ///
  /// @param row row to write
  /// @param out receives `cols / 32 * 34` bytes
  /// @param outOffset place of the first byte
  public void readBlocks(int row, byte[] out, int outOffset) {
    RowGroups.checkRow(row, rows);
    int at = outOffset;
    for (int b = 0; b < cols / BLOCK; b++) {
      short scale = Float.floatToFloat16(scales[scaleIndex(row, b)]);
      out[at] = (byte) scale;
      out[at + 1] = (byte) (scale >> 8);
      for (int i = 0; i < BLOCK; i++) {
        out[at + 2 + i] = values[valueIndex(row, b * BLOCK + i)];
      }
      at += BLOCK_BYTES;
    }
  }

  /// {@return the same numbers as `float`}
  public Matrix toMatrix() {
    Matrix result = Matrix.zeros(rows, cols);
    for (int r = 0; r < rows; r++) {
      readRow(r, result.data(), result.rowOffset(r));
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
    return values.length + 4L * scales.length;
  }

  @Override
  public void readRow(int row, float[] out, int outOffset) {
    RowGroups.checkRow(row, rows);
    for (int b = 0; b < cols / BLOCK; b++) {
      float scale = scales[scaleIndex(row, b)];
      for (int c = b * BLOCK; c < (b + 1) * BLOCK; c++) {
        out[outOffset + c] = scale * values[valueIndex(row, c)];
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Q8Matrix that
        && rows == that.rows
        && cols == that.cols
        && Arrays.equals(values, that.values)
        && Arrays.equals(scales, that.scales);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * rows + cols) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Q8Matrix[%d x %d]".formatted(rows, cols);
  }

  /// {@return the interleaved numbers; see the layout above}
  byte[] values() {
    return values;
  }

  /// {@return the interleaved scales; see the layout above}
  float[] scales() {
    return scales;
  }

  /// {@return the place of a number in {@link #values}}
  int valueIndex(int row, int col) {
    return RowGroups.index(row, col, cols);
  }

  /// {@return the place of a block's scale in {@link #scales}}
  int scaleIndex(int row, int block) {
    return RowGroups.index(row, block, cols / BLOCK);
  }
}
