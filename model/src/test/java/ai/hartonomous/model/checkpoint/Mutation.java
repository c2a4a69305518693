package ai.hartonomous.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Ways to damage a file.
enum Mutation {
  FLIP_BITS,
  TRUNCATE,
  INSERT,
  DELETE,
  SPLICE,
  OVERWRITE_INTEGER,
  EDIT_NUMBER;

  private static final Pattern NUMBERS = Pattern.compile("\\d+");
  private static final List<String> NASTY_NUMBERS =
      List.of(
          "-1",
          "0",
          "1",
          "2147483647",
          "2147483648",
          "4294967296",
          "9223372036854775807",
          "18446744073709551615",
          "1e999",
          "1.5",
          "NaN",
          "\"7\"",
          "null",
          "[]");
  private static final long[] NASTY_INTEGERS = {
    0,
    1,
    -1,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  /// {@return a damaged copy}
  ///
  /// @param in the file
  /// @param head how many bytes at its beginning are structure; half of the damage goes there
  /// @param random decides everything
  byte[] apply(byte[] in, int head, SplittableRandom random) {
    if (in.length < 16) {
      return Arrays.copyOf(in, random.nextInt(in.length + 1));
    }
    int range = random.nextBoolean() ? Math.min(head, in.length) : in.length;
    int at = random.nextInt(range);
    int length = random.nextInt(1, 32);
    return switch (this) {
      case FLIP_BITS -> flip(in, range, random);
      case TRUNCATE -> Arrays.copyOf(in, at);
      case INSERT -> replace(in, at, at, bytes(length, random));
      case DELETE -> replace(in, at, Math.min(in.length, at + length), new byte[0]);
      case SPLICE -> {
        int from = random.nextInt(in.length);
        byte[] piece = Arrays.copyOfRange(in, from, Math.min(in.length, from + 8 * length));
        yield replace(in, at, Math.min(in.length, at + piece.length), piece);
      }
      case OVERWRITE_INTEGER -> overwrite(in, at, random);
      case EDIT_NUMBER -> editNumber(in, head, random);
    };
  }

  private static byte[] flip(byte[] in, int range, SplittableRandom random) {
    byte[] out = in.clone();
    int count = random.nextInt(1, 9);
    for (int i = 0; i < count; i++) {
      out[random.nextInt(range)] ^= (byte) (1 << random.nextInt(8));
    }
    return out;
  }

  private static byte[] overwrite(byte[] in, int at, SplittableRandom random) {
    byte[] out = in.clone();
    long value = NASTY_INTEGERS[random.nextInt(NASTY_INTEGERS.length)];
    int start = Math.min(at / 4 * 4, in.length - 8);
    ByteBuffer buffer = ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN);
    if (random.nextBoolean()) {
      buffer.putInt(start, (int) value);
    } else {
      buffer.putLong(start, value);
    }
    return out;
  }

  /// Puts a nasty number in the place of one in the text; a safetensors header keeps its length
  /// right.
  private static byte[] editNumber(byte[] in, int head, SplittableRandom random) {
    boolean isText = in[0] == '{';
    int start = isText ? 0 : 8;
    int end = Math.min(head, in.length);
    String text = new String(in, start, end - start, StandardCharsets.ISO_8859_1);
    List<MatchResult> numbers = NUMBERS.matcher(text).results().toList();
    if (numbers.isEmpty()) {
      return flip(in, end, random);
    }
    MatchResult number = numbers.get(random.nextInt(numbers.size()));
    byte[] nasty =
        NASTY_NUMBERS
            .get(random.nextInt(NASTY_NUMBERS.size()))
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] out = replace(in, start + number.start(), start + number.end(), nasty);
    if (!isText && in.length > 8 && in[8] == '{') {
      long length = end - 8L + out.length - in.length;
      ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    }
    return out;
  }

  private static byte[] replace(byte[] in, int from, int to, byte[] piece) {
    var out = new ByteArrayOutputStream();
    out.write(in, 0, from);
    out.writeBytes(piece);
    out.write(in, to, in.length - to);
    return out.toByteArray();
  }

  private static byte[] bytes(int length, SplittableRandom random) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
