package ai.hartonomous.model.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/// Types of values in the metadata of GGUF files.
public enum GgufType {
  /// Unsigned 8 bits.
  UINT8(0, 1),
  /// Signed 8 bits.
  INT8(1, 1),
  /// Unsigned 16 bits.
  UINT16(2, 2),
  /// Signed 16 bits.
  INT16(3, 2),
  /// Unsigned 32 bits.
  UINT32(4, 4),
  /// Signed 32 bits.
  INT32(5, 4),
  /// IEEE 754 single precision.
  FLOAT32(6, 4),
  /// One byte, 0 or 1.
  BOOL(7, 1),
  /// Length in 64 bits, then UTF-8.
  STRING(8, 0),
  /// Element type in 32 bits, count in 64 bits, then the elements.
  ARRAY(9, 0),
  /// Unsigned 64 bits.
  UINT64(10, 8),
  /// Signed 64 bits.
  INT64(11, 8),
  /// IEEE 754 double precision.
  FLOAT64(12, 8);

  private final int code;
  private final int bytes;

  GgufType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /// {@return the number of this type in files}
  int code() {
    return code;
  }

  /// {@return bytes of one value; 0 where they vary}
  int bytes() {
    return bytes;
  }

  /// {@return the type with this number, if there is one}
  static Optional<GgufType> of(int code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }
}
