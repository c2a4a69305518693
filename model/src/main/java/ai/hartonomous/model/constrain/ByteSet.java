package ai.hartonomous.model.constrain;

/// A set of bytes.
///
/// @param a bytes 0 to 63, one bit each
/// @param b bytes 64 to 127
/// @param c bytes 128 to 191
/// @param d bytes 192 to 255
record ByteSet(long a, long b, long c, long d) {

  static final ByteSet NONE = new ByteSet(0, 0, 0, 0);

  /// {@return the bytes from one to another, both included}
  static ByteSet range(int from, int to) {
    long[] words = new long[4];
    for (int value = from; value <= to; value++) {
      words[value >> 6] |= 1L << value;
    }
    return new ByteSet(words[0], words[1], words[2], words[3]);
  }

  /// {@return the bytes of ASCII characters}
  static ByteSet of(String characters) {
    ByteSet all = NONE;
    for (int i = 0; i < characters.length(); i++) {
      all = all.or(range(characters.charAt(i), characters.charAt(i)));
    }
    return all;
  }

  boolean has(int value) {
    long word = value < 128 ? (value < 64 ? a : b) : (value < 192 ? c : d);
    return (word >>> (value & 63) & 1) != 0;
  }

  ByteSet or(ByteSet other) {
    return new ByteSet(a | other.a, b | other.b, c | other.c, d | other.d);
  }

  ByteSet and(ByteSet other) {
    return new ByteSet(a & other.a, b & other.b, c & other.c, d & other.d);
  }

  ByteSet without(ByteSet other) {
    return new ByteSet(a & ~other.a, b & ~other.b, c & ~other.c, d & ~other.d);
  }

  boolean isEmpty() {
    return (a | b | c | d) == 0;
  }
}
