package ai.hartonomous.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A matrix in four bits: blocks of 32 neighbouring columns share one scale, and a number is `scale
/// * q` with `q` in `[-8, 7]`. This is the format `Q4_0` of GGUF, 4.5 bits for each number.
///
/// Scales are half floats, kept as floats for speed. In memory 16 rows are interleaved, see {@link
/// RowGroups}, and two neighbouring columns share a byte, the even one in the lower half, both as
/// signed numbers of four bits: `(r, c)` stands at `(r/16) * 16 * cols/2 + c/2 * 16 + r%16`, its
/// scale at `(r/16) * 16 * cols/32 + c/32 * 16 + r%16`.
public final class Q4Matrix implements Weight {

  /// Columns that share a scale.
  public static final int BLOCK = 32;

  /// Bytes of one block in GGUF: the scale as little-endian half float, then 16 bytes whose lower
  /// halves are `q + 8` of the first 16 columns and whose upper halves those of the others.
  public static final int BLOCK_BYTES = 2 + BLOCK / 2;

  private static final int OFFSET = 8;
  private static final float ROUNDING_OFFSET = OFFSET + 0.5f;
  private static final int LARGEST = 15;
  private static final int NIBBLE = 4;
  private static final ValueLayout.OfShort HALF_FLOAT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int rows;
  private final int cols;
  private final byte[] values;
  private final float[] scales;

  private Q4Matrix(int rows, int cols) {
    RowGroups.checkExtents(rows, cols);
    if (cols % BLOCK != 0) {
      throw new IllegalArgumentException(
          "4-bit matrix %d x %d: the columns must be a multiple of %d"
              .formatted(rows, cols, BLOCK));
    }
    this.rows = rows;
    this.cols = cols;
    int padded = RowGroups.padded(rows);
    values = new byte[Math.multiplyExact(padded, cols / 2)];
    scales = new float[padded * (cols / BLOCK)];
  }

  /// Rounds a matrix to four bits as GGML does: the scale is the number of largest magnitude
  /// divided by -8, and each number is off by at most half a scale, or a whole one at the end of
  /// the range that lies opposite to the largest. Source: GGML, `ggml-quants.c`,
  /// `quantize_row_q4_0_ref`.
  ///
  /// @param matrix finite numbers below 520 thousand; its columns are a multiple of 32
  /// @return the rounded matrix
  /// @throws IllegalArgumentException if the columns do not fit or a number is too large
  public static Q4Matrix quantize(Weight matrix) {
    Q4Matrix result = new Q4Matrix(matrix.rows(), matrix.cols());
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
    float extreme = 0;
    for (int c = block * BLOCK; c < (block + 1) * BLOCK; c++) {
      if (Math.abs(in[c]) > Math.abs(extreme) || Float.isNaN(in[c])) {
        extreme = in[c];
      }
    }
    float exact = extreme / -OFFSET;
    float scale = Float.float16ToFloat(Float.floatToFloat16(exact));
    if (!Float.isFinite(scale)) {
      throw new IllegalArgumentException(
          "%s in row %d is too large for 4-bit blocks".formatted(extreme, row));
    }
    scales[scaleIndex(row, block)] = scale;
    float inverse = exact == 0 ? 0 : 1 / exact;
    for (int c = block * BLOCK; c < (block + 1) * BLOCK; c++) {
      put(row, c, Math.min(LARGEST, (int) (in[c] * inverse + ROUNDING_OFFSET)));
    }
  }

  /// Sets a number that is still zero.
  ///
  /// @param stored `q + 8`
  private void put(int row, int col, int stored) {
    int q = (stored - OFFSET) & LARGEST;
    values[valueIndex(row, col)] |= (byte) (q << (col % 2 * NIBBLE));
  }

  /// Takes over the blocks of a GGUF tensor of type `Q4_0` without changing a bit.
  ///
  /// @param rows number of rows
  /// @param cols number of columns, a multiple of 32
  /// @param blocks `rows * cols / 32` blocks of {@link #BLOCK_BYTES} bytes, row-major
  /// @return the same numbers
  /// @throws IllegalArgumentException if the columns or the number of bytes do not fit
  public static Q4Matrix fromBlocks(int rows, int cols, MemorySegment blocks) {
    Q4Matrix result = new Q4Matrix(rows, cols);
    int perRow = cols / BLOCK;
    long expected = (long) rows * perRow * BLOCK_BYTES;
    if (blocks.byteSize() != expected) {
      throw new IllegalArgumentException(
          "4-bit matrix %d x %d needs %d bytes, got %d"
              .formatted(rows, cols, expected, blocks.byteSize()));
    }
    for (int r = 0; r < rows; r++) {
      for (int b = 0; b < perRow; b++) {
        long at = ((long) r * perRow + b) * BLOCK_BYTES;
        result.scales[result.scaleIndex(r, b)] = Float.float16ToFloat(blocks.get(HALF_FLOAT, at));
        for (int i = 0; i < BLOCK / 2; i++) {
          int pair = blocks.get(ValueLayout.JAVA_BYTE, at + 2 + i);
          result.put(r, b * BLOCK + i, pair & LARGEST);
          result.put(r, b * BLOCK + BLOCK / 2 + i, (pair >> NIBBLE) & LARGEST);
        }
      }
    }
    return result;
  }

  /// Writes one row as GGUF blocks, the inverse of {@link #fromBlocks}.
  ///
  /// @param row row to write
  /// @param out receives `cols / 32 * 18` bytes
  /// @param outOffset place of the first byte
  public void readBlocks(int row, byte[] out, int outOffset) {
    RowGroups.checkRow(row, rows);
    int at = outOffset;
    for (int b = 0; b < cols / BLOCK; b++) {
      short scale = Float.floatToFloat16(scales[scaleIndex(row, b)]);
      out[at] = (byte) scale;
      out[at + 1] = (byte) (scale >> Byte.SIZE);
      for (int i = 0; i < BLOCK / 2; i++) {
        int low = number(row, b * BLOCK + i) + OFFSET;
        int high = number(row, b * BLOCK + BLOCK / 2 + i) + OFFSET;
        out[at + 2 + i] = (byte) (low | high << NIBBLE);
      }
      at += BLOCK_BYTES;
    }
  }

  /// {@return `q` of a number}
  private int number(int row, int col) {
    int pair = values[valueIndex(row, col)];
    return col % 2 == 0
        ? pair << (Integer.SIZE - NIBBLE) >> (Integer.SIZE - NIBBLE)
        : pair >> NIBBLE;
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
        out[outOffset + c] = scale * number(row, c);
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Q4Matrix that
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
    return "Q4Matrix[%d x %d]".formatted(rows, cols);
  }

  /// {@return the interleaved pairs; see the layout above}
  byte[] values() {
    return values;
  }

  /// {@return the interleaved scales; see the layout above}
  float[] scales() {
    return scales;
  }

  /// {@return the place of a number's pair in {@link #values}}
  int valueIndex(int row, int col) {
    return RowGroups.index(row, col / 2, cols / 2);
  }

  /// {@return the place of a block's scale in {@link #scales}}
  int scaleIndex(int row, int block) {
    return RowGroups.index(row, block, cols / BLOCK);
  }
}
