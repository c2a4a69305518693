package ai.hartonomous.model.checkpoint;

import ai.hartonomous.tensor.Bf16Matrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Converts `float` to stored numbers, rounding to nearest, ties to even, in plain formats and as
/// GGML does in blocks. Source: GGML, `ggml-quants.c`, `quantize_row_q8_0_ref` and
/// `quantize_row_q4_0_ref`.
final class NumberEncoder {
  private NumberEncoder() {}

  /// Appends numbers to a buffer.
  ///
  /// @param dtype format to write; not a read-only one
  /// @param in numbers
  /// @param from first number
  /// @param count how many; whole blocks
  /// @param out little-endian buffer with room for them
  static void encode(Dtype dtype, float[] in, int from, int count, ByteBuffer out) {
    if (out.order() != ByteOrder.LITTLE_ENDIAN || count % dtype.blockSize() != 0) {
      throw new IllegalArgumentException("whole blocks into a little-endian buffer, please");
    }
    switch (dtype) {
      case F32 -> {
        out.asFloatBuffer().put(in, from, count);
        out.position(out.position() + 4 * count);
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          out.putShort(Float.floatToFloat16(in[from + i]));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          out.putShort(Bf16Matrix.round(in[from + i]));
        }
      }
      case Q8_0 -> {
        for (int i = 0; i < count; i += 32) {
          q8(in, from + i, out);
        }
      }
      case Q4_0 -> {
        for (int i = 0; i < count; i += 32) {
          q4(in, from + i, out);
        }
      }
      case Q4_K, Q6_K -> throw new IllegalArgumentException(dtype + " is read only");
    }
  }

  private static void q8(float[] in, int from, ByteBuffer out) {
    float largest = 0;
    for (int i = 0; i < 32; i++) {
      largest = Math.max(largest, Math.abs(in[from + i]));
    }
    float d = largest / 127;
    float inverse = d == 0 ? 0 : 1 / d;
    out.putShort(Float.floatToFloat16(d));
    for (int i = 0; i < 32; i++) {
      out.put((byte) roundAway(in[from + i] * inverse));
    }
  }

  private static void q4(float[] in, int from, ByteBuffer out) {
    float extreme = 0;
    for (int i = 0; i < 32; i++) {
      if (Math.abs(in[from + i]) > Math.abs(extreme)) {
        extreme = in[from + i];
      }
    }
    float d = extreme / -8;
    float inverse = d == 0 ? 0 : 1 / d;
    out.putShort(Float.floatToFloat16(d));
    for (int i = 0; i < 16; i++) {
      int low = Math.min(15, (int) (in[from + i] * inverse + 8.5f));
      int high = Math.min(15, (int) (in[from + 16 + i] * inverse + 8.5f));
      out.put((byte) (low | (high << 4)));
    }
  }

  /// Halves away from zero, as C's `roundf`.
  private static int roundAway(float x) {
    return (int) (x + Math.copySign(0.5, x));
  }
}
