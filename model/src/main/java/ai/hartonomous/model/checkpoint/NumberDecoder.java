package ai.hartonomous.model.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Converts stored numbers to `float`. Block formats: GGML, `ggml-common.h` and `ggml-quants.c`.
final class NumberDecoder {
  private static final ValueLayout.OfFloat FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORTS =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Numbers converted at a time; a multiple of every block size.
  private static final int CHUNK = 8192;

  private NumberDecoder() {}

  /// Fills `out`.
  ///
  /// @param dtype stored format
  /// @param in exactly the bytes of `out.length` numbers, little-endian
  /// @param out receives the numbers
  static void decode(Dtype dtype, MemorySegment in, float[] out) {
    switch (dtype) {
      case F32 -> MemorySegment.copy(in, FLOATS, 0, out, 0, out.length);
      case F16, BF16 -> decodeShorts(dtype, in, out);
      case Q8_0, Q4_0, Q4_K, Q6_K -> decodeBlocks(dtype, in, out);
    }
  }

  private static void decodeShorts(Dtype dtype, MemorySegment in, float[] out) {
    short[] chunk = new short[Math.min(CHUNK, out.length)];
    for (int done = 0; done < out.length; done += CHUNK) {
      int count = Math.min(CHUNK, out.length - done);
      MemorySegment.copy(in, SHORTS, 2L * done, chunk, 0, count);
      if (dtype == Dtype.F16) {
        for (int i = 0; i < count; i++) {
          out[done + i] = Float.float16ToFloat(chunk[i]);
        }
      } else {
        for (int i = 0; i < count; i++) {
          out[done + i] = Float.intBitsToFloat(chunk[i] << 16);
        }
      }
    }
  }

  private static void decodeBlocks(Dtype dtype, MemorySegment in, float[] out) {
    byte[] chunk = new byte[(int) dtype.bytes(CHUNK)];
    for (int done = 0; done < out.length; done += CHUNK) {
      int count = Math.min(CHUNK, out.length - done);
      int bytes = (int) dtype.bytes(count);
      MemorySegment.copy(in, ValueLayout.JAVA_BYTE, dtype.bytes(done), chunk, 0, bytes);
      for (int b = 0; b < count / dtype.blockSize(); b++) {
        int from = b * dtype.blockBytes();
        int to = done + b * dtype.blockSize();
        switch (dtype) {
          case Q8_0 -> q8(chunk, from, out, to);
          case Q4_0 -> q4(chunk, from, out, to);
          case Q4_K -> q4k(chunk, from, out, to);
          case Q6_K -> q6k(chunk, from, out, to);
          case F32, F16, BF16 -> throw new IllegalArgumentException(dtype + " has no blocks");
        }
      }
    }
  }

  /// Block: `d` f16, 32 signed bytes.
  private static void q8(byte[] in, int from, float[] out, int to) {
    float d = half(in, from);
    for (int i = 0; i < 32; i++) {
      out[to + i] = d * in[from + 2 + i];
    }
  }

  /// Block: `d` f16, 16 bytes; low nibbles are numbers 0 to 15, high nibbles 16 to 31.
  private static void q4(byte[] in, int from, float[] out, int to) {
    float d = half(in, from);
    for (int i = 0; i < 16; i++) {
      int pair = in[from + 2 + i];
      out[to + i] = d * ((pair & 15) - 8);
      out[to + 16 + i] = d * (((pair >> 4) & 15) - 8);
    }
  }

  /// Block: `d` and `dmin` f16, 12 bytes of packed six-bit scales and minima, 128 bytes of nibbles.
  /// Each 32 bytes hold 64 numbers: the low nibbles, then the high ones.
  private static void q4k(byte[] in, int from, float[] out, int to) {
    float d = half(in, from);
    float dmin = half(in, from + 2);
    int scales = from + 4;
    for (int sub = 0; sub < 8; sub++) {
      float scale = d * scaleK4(in, scales, sub);
      float minimum = dmin * minimumK4(in, scales, sub);
      int nibbles = from + 16 + 32 * (sub / 2);
      int shift = 4 * (sub % 2);
      for (int i = 0; i < 32; i++) {
        out[to + 32 * sub + i] = scale * ((in[nibbles + i] >> shift) & 15) - minimum;
      }
    }
  }

  private static int scaleK4(byte[] in, int scales, int sub) {
    return sub < 4
        ? in[scales + sub] & 63
        : (in[scales + sub + 4] & 15) | (((in[scales + sub - 4] >> 6) & 3) << 4);
  }

  private static int minimumK4(byte[] in, int scales, int sub) {
    return sub < 4
        ? in[scales + sub + 4] & 63
        : ((in[scales + sub + 4] >> 4) & 15) | (((in[scales + sub] >> 6) & 3) << 4);
  }

  /// Block: 128 bytes with the low four bits, 64 bytes with the high two, 16 signed scales, `d`
  /// f16.
  private static void q6k(byte[] in, int from, float[] out, int to) {
    float d = half(in, from + 208);
    for (int part = 0; part < 8; part++) {
      int half = part / 4; // 128 numbers each
      int quarter = part % 4; // 32 numbers each
      int low = from + 64 * half + 32 * (quarter % 2);
      int high = from + 128 + 32 * half;
      int scales = from + 192 + 8 * half + 2 * quarter;
      int target = to + 128 * half + 32 * quarter;
      for (int i = 0; i < 32; i++) {
        int bits = (in[low + i] >> (4 * (quarter / 2))) & 15;
        int top = (in[high + i] >> (2 * quarter)) & 3;
        out[target + i] = d * in[scales + i / 16] * ((bits | (top << 4)) - 32);
      }
    }
  }

  private static float half(byte[] in, int at) {
    return Float.float16ToFloat((short) ((in[at] & 0xff) | (in[at + 1] << 8)));
  }
}
