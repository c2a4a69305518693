package ai.hartonomous.platform.vector;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Vectors as bytes: IEEE 754 single precision, little-endian, four bytes a number, without a
/// header. So they lie in binary columns.
public final class Float32 {

  private Float32() {}

  /// {@return a vector's bytes}
  ///
  /// @param vector the numbers
  public static byte[] bytes(float[] vector) {
    byte[] bytes = new byte[Math.multiplyExact(vector.length, Float.BYTES)];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector);
    return bytes;
  }

  /// {@return the numbers of a vector}
  ///
  /// @param bytes whole numbers of four bytes
  /// @throws IllegalArgumentException if the last number is cut
  public static float[] floats(byte[] bytes) {
    if (bytes.length % Float.BYTES != 0) {
      throw new IllegalArgumentException("%d bytes are no float32".formatted(bytes.length));
    }
    float[] vector = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }

  /// {@return 1 less the cosine of two vectors, 0 to 2; 1 where either has length 0} H2 calls it as
  /// `cosine_distance`.
  ///
  /// @param left a vector's bytes
  /// @param right those of a vector of the same length
  /// @throws IllegalArgumentException if the lengths differ
  public static double cosineDistance(byte[] left, byte[] right) {
    return 1 - cosine(floats(left), floats(right));
  }

  /// {@return the cosine of two vectors, -1 to 1; 0 where either has length 0}
  ///
  /// @param left a vector
  /// @param right a vector of the same length
  /// @throws IllegalArgumentException if the lengths differ
  public static double cosine(float[] left, float[] right) {
    if (left.length != right.length) {
      throw new IllegalArgumentException(
          "vectors of %d and %d numbers".formatted(left.length, right.length));
    }
    double dot = 0;
    double leftSquares = 0;
    double rightSquares = 0;
    for (int i = 0; i < left.length; i++) {
      dot += (double) left[i] * right[i];
      leftSquares += (double) left[i] * left[i];
      rightSquares += (double) right[i] * right[i];
    }
    double lengths = Math.sqrt(leftSquares) * Math.sqrt(rightSquares);
    return lengths == 0 ? 0 : Math.clamp(dot / lengths, -1, 1);
  }

  /// {@return the vector scaled to length 1; zeros stay zeros}
  ///
  /// @param vector finite numbers
  static float[] unit(float[] vector) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] * scale);
    }
    return unit;
  }

  static boolean isZero(float[] vector) {
    for (float x : vector) {
      if (x != 0) {
        return false;
      }
    }
    return true;
  }
}
