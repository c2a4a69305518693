package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.tensor.Bf16Matrix;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Q4Matrix;
import ai.hartonomous.tensor.Q8Matrix;
import ai.hartonomous.tensor.Weight;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BlockFormatsTest {

  /// One number of a block, straight from GGML's definition of the block: bit positions counted for
  /// each number by itself, with none of the decoder's loops.
  private static double number(Dtype dtype, ByteBuffer block, int i) {
    return switch (dtype) {
      case Q8_0 -> half(block, 0) * block.get(2 + i);
      case Q4_0 -> half(block, 0) * (nibble(block, 2 + i % 16, i / 16) - 8);
      case Q4_K -> {
        int sub = i / 32;
        double scale = half(block, 0) * sixBits(block, sub, 0);
        double minimum = half(block, 2) * sixBits(block, sub, 4);
        yield scale * nibble(block, 16 + i / 64 * 32 + i % 32, i / 32 % 2) - minimum;
      }
      case Q6_K -> {
        int inHalf = i % 128;
        int low = nibble(block, i / 128 * 64 + inHalf % 64, inHalf / 64);
        int high = bits(block, 128 + i / 128 * 32 + i % 32, inHalf / 32 * 2, 2);
        yield half(block, 208) * block.get(192 + i / 16) * (high * 16 + low - 32);
      }
      case F32, F16, BF16 -> throw new IllegalArgumentException();
    };
  }

  /// Six-bit numbers of Q4_K: of the first four sub-blocks whole in bytes 0 to 7 (scales, minima),
  /// of the last four the low bits in the nibbles of bytes 8 to 11, the high ones above those
  /// whole.
  private static int sixBits(ByteBuffer block, int sub, int minima) {
    if (sub < 4) {
      return bits(block, 4 + minima + sub, 0, 6);
    }
    int low = nibble(block, 4 + 8 + sub - 4, minima / 4);
    return low + 16 * bits(block, 4 + minima + sub - 4, 6, 2);
  }

  private static int nibble(ByteBuffer block, int at, int which) {
    return bits(block, at, 4 * which, 4);
  }

  private static int bits(ByteBuffer block, int at, int shift, int count) {
    return Byte.toUnsignedInt(block.get(at)) / (1 << shift) % (1 << count);
  }

  private static float half(ByteBuffer block, int at) {
    return Float.float16ToFloat(block.getShort(at));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(names = {"Q8_0", "Q4_0", "Q4_K", "Q6_K"})
  void decodesAsGgmlDefinesTheBlocks(Dtype dtype) {
    var random = new SplittableRandom(3);
    int blocks = 9000 / dtype.blockSize() + 3; // more than one chunk of the decoder
    byte[] bytes = new byte[blocks * dtype.blockBytes()];
    random.nextBytes(bytes);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int b = 0; b < blocks; b++) {
      short scale = Float.floatToFloat16(random.nextFloat() - 0.5f);
      int at = b * dtype.blockBytes();
      buffer.putShort(dtype == Dtype.Q6_K ? at + 208 : at, scale);
      if (dtype == Dtype.Q4_K) {
        buffer.putShort(at + 2, Float.floatToFloat16(random.nextFloat()));
      }
    }
    float[] out = new float[blocks * dtype.blockSize()];

    NumberDecoder.decode(dtype, MemorySegment.ofArray(bytes), out);

    for (int i = 0; i < out.length; i++) {
      int at = i / dtype.blockSize() * dtype.blockBytes();
      ByteBuffer block = buffer.slice(at, dtype.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
      double expected = number(dtype, block, i % dtype.blockSize());
      // Two roundings of products below 2^13, one of their difference.
      assertThat((double) out[i]).isCloseTo(expected, within(3 * 8192 * Math.ulp(1f) + 1e-12));
    }
  }

  @Test
  void decodesAQ8BlockWorkedByHand() {
    byte[] block = new byte[34];
    block[1] = 0x38; // 0x3800 is 0.5
    block[2] = 3;
    block[3] = -128;
    block[33] = 127;
    float[] out = new float[32];

    NumberDecoder.decode(Dtype.Q8_0, MemorySegment.ofArray(block), out);

    assertThat(out).startsWith(1.5f, -64f, 0f).endsWith(0f, 63.5f);
  }

  @Test
  void decodesAQ4BlockWorkedByHand() {
    byte[] block = new byte[18];
    block[1] = 0x40; // 0x4000 is 2
    block[2] = (byte) 0xf0; // number 0 is 0, number 16 is 15
    block[3] = (byte) 0x98; // number 1 is 8, number 17 is 9
    float[] out = new float[32];

    NumberDecoder.decode(Dtype.Q4_0, MemorySegment.ofArray(block), out);

    assertThat(out[0]).isEqualTo(-16f);
    assertThat(out[1]).isEqualTo(0f);
    assertThat(out[16]).isEqualTo(14f);
    assertThat(out[17]).isEqualTo(2f);
  }

  @Test
  void decodesAQ4KBlockWorkedByHand() {
    byte[] block = new byte[144];
    block[1] = 0x3c; // d = 1
    block[3] = 0x38; // dmin = 0.5
    block[4] = (byte) (5 | 1 << 6); // scale of sub-block 0 is 5; high bits of scale 4 are 1
    block[8] = (byte) (6 | 2 << 6); // minimum of sub-block 0 is 6; high bits of minimum 4 are 2
    block[12] = 0x73; // low bits of scale 4 are 3, of minimum 4 are 7
    block[16] = 0x0a; // number 0 is 10
    block[16 + 64] = 0x02; // number 128, first of sub-block 4, is 2
    float[] out = new float[256];

    NumberDecoder.decode(Dtype.Q4_K, MemorySegment.ofArray(block), out);

    assertThat(out[0]).isEqualTo(5 * 10 - 0.5f * 6);
    assertThat(out[1]).isEqualTo(-3f);
    assertThat(out[128]).isEqualTo((3 + 16) * 2 - 0.5f * (7 + 32));
  }

  @Test
  void decodesAQ6KBlockWorkedByHand() {
    byte[] block = new byte[210];
    block[209] = 0x3c; // d = 1
    block[192] = 2; // scale of numbers 0 to 15
    block[192 + 4] = -3; // scale of numbers 64 to 79
    block[0] = 0x5f; // low bits: number 0 is 15, number 64 is 5
    block[128] = 0x21; // high bits: number 0 is 1, number 64 is 2
    float[] out = new float[256];

    NumberDecoder.decode(Dtype.Q6_K, MemorySegment.ofArray(block), out);

    assertThat(out[0]).isEqualTo(2 * (15 + 16 - 32));
    assertThat(out[64]).isEqualTo(-3 * (5 + 32 - 32));
    assertThat(out[1]).isEqualTo(2 * -32);
  }

  /// The golden file is made by gguf-blocks.py beside it.
  @Test
  void agreesWithGgufPyBitForBit() throws IOException {
    try (InputStream golden = BlockFormatsTest.class.getResourceAsStream("gguf-blocks.json")) {
      for (JsonNode item : new JsonMapper().readTree(golden)) {
        Dtype dtype = Dtype.valueOf(item.get("type").stringValue());
        byte[] block = HexFormat.of().parseHex(item.get("block").stringValue());
        if (item.has("encodes")) {
          float[] in = floats(item.get("encodes"));
          assertThat(encoded(dtype, in)).isEqualTo(block);
          if (dtype == Dtype.Q4_0) {
            byte[] rounded = new byte[Q4Matrix.BLOCK_BYTES];
            Q4Matrix.quantize(Matrix.of(in, 1, in.length)).readBlocks(0, rounded, 0);
            assertThat(rounded).isEqualTo(block);
          }
        } else {
          float[] out = new float[dtype.blockSize()];
          NumberDecoder.decode(dtype, MemorySegment.ofArray(block), out);
          float[] expected = floats(item.get("numbers"));
          assertThat(out).as("" + dtype).isEqualTo(expected);
          Weight inMemory = inMemory(dtype, block);
          if (inMemory != null) {
            inMemory.readRow(0, out, 0);
            assertThat(out).as("" + inMemory).isEqualTo(expected);
          }
        }
      }
    }
  }

  /// {@return a block as a matrix of one row, or null where none stays in blocks in memory}
  private static @Nullable Weight inMemory(Dtype dtype, byte[] block) {
    return switch (dtype) {
      case Q8_0 -> Q8Matrix.fromBlocks(1, 32, MemorySegment.ofArray(block));
      case Q4_0 -> Q4Matrix.fromBlocks(1, 32, MemorySegment.ofArray(block));
      default -> null;
    };
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(names = {"Q8_0", "Q4_0"})
  void encodingLosesAtMostAStep(Dtype dtype) {
    var random = new SplittableRandom(4);
    float[] in = new float[320];
    for (int i = 32; i < in.length; i++) {
      in[i] = (float) random.nextGaussian();
    }

    float[] out = throughBytes(dtype, in);

    for (int i = 0; i < in.length; i++) {
      float largest = 0;
      for (int k = i / 32 * 32; k < i / 32 * 32 + 32; k++) {
        largest = Math.max(largest, Math.abs(in[k]));
      }
      // Half a step, plus the rounding of the scale to 11 bits; Q4_0 cuts one whole step off at the
      // end opposite to the extreme.
      float step = dtype == Dtype.Q8_0 ? largest / 127 / 2 : largest / 8;
      assertThat(out[i]).isCloseTo(in[i], within(step + largest / 2048));
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(names = {"Q8_0", "Q4_0"})
  void encodingWhatWasDecodedChangesNothing(Dtype dtype) {
    var random = new SplittableRandom(6);
    float[] in = new float[64];
    for (int i = 0; i < in.length; i++) {
      // Scale 1/4 is exact in half precision; the extreme is there, so that the scale is found
      // again.
      int q = dtype == Dtype.Q8_0 ? random.nextInt(-127, 128) : random.nextInt(-8, 8);
      in[i] = q / 4f;
    }
    in[5] = dtype == Dtype.Q8_0 ? 127 / 4f : -2f;
    in[37] = in[5];

    assertThat(throughBytes(dtype, in)).isEqualTo(in);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(floats = {0f, -0f, 1f, 1.00390625f, 3.4e38f, 1e-40f, Float.NEGATIVE_INFINITY})
  void brainFloatIsTheNearestWithTiesToEven(float x) {
    short bits = Bf16Matrix.round(x);
    float back = Float.intBitsToFloat(bits << 16);
    double up = Float.intBitsToFloat((bits + 1) << 16);
    double down = Float.intBitsToFloat((bits - 1) << 16);

    if (Float.isFinite(back) && back != 0) {
      assertThat(Math.abs(back - (double) x)).isLessThanOrEqualTo(Math.abs(up - x));
      assertThat(Math.abs(back - (double) x)).isLessThanOrEqualTo(Math.abs(down - x));
    }
    // 1.00390625 lies half way between 1 and the next one.
    assertThat(Bf16Matrix.round(1.00390625f)).isEqualTo(Bf16Matrix.round(1f));
    assertThat(Float.intBitsToFloat(Bf16Matrix.round(Float.NaN) << 16)).isNaN();
  }

  private static float[] floats(JsonNode list) {
    float[] floats = new float[list.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) list.get(i).doubleValue();
    }
    return floats;
  }

  private static byte[] encoded(Dtype dtype, float[] in) {
    byte[] bytes = new byte[(int) dtype.bytes(in.length)];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    NumberEncoder.encode(dtype, in, 0, in.length, buffer);
    return bytes;
  }

  private static float[] throughBytes(Dtype dtype, float[] in) {
    float[] out = new float[in.length];
    NumberDecoder.decode(dtype, MemorySegment.ofArray(encoded(dtype, in)), out);
    return out;
  }
}
