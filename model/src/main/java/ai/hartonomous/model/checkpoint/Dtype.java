package ai.hartonomous.model.checkpoint;

import java.util.Optional;

/// Number formats of tensors in files. Block formats are those of GGML: a row is cut into blocks of
/// {@link #blockSize} numbers that share their scales.
public enum Dtype {
  /// IEEE 754 single precision.
  F32(1, 4, 0),
  /// IEEE 754 half precision.
  F16(1, 2, 1),
  /// The upper half of single precision.
  BF16(1, 2, 30),
  /// 32 signed bytes `q` and one half-precision scale `d`: `d q`.
  Q8_0(32, 34, 8),
  /// 32 four-bit numbers `q` and one half-precision scale `d`: `d (q - 8)`.
  Q4_0(32, 18, 2),
  /// 256 four-bit numbers with a six-bit scale and minimum for every 32 of them. Read only.
  Q4_K(256, 144, 12),
  /// 256 six-bit numbers with an eight-bit scale for every 16 of them. Read only.
  Q6_K(256, 210, 14);

  private final int blockSize;
  private final int blockBytes;
  private final int ggmlType;

  Dtype(int blockSize, int blockBytes, int ggmlType) {
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
    this.ggmlType = ggmlType;
  }

  /// {@return numbers in one block; 1 for plain formats}
  public int blockSize() {
    return blockSize;
  }

  /// {@return bytes of one block}
  public int blockBytes() {
    return blockBytes;
  }

  /// {@return whether numbers share scales in blocks}
  public boolean isQuantised() {
    return blockSize > 1;
  }

  /// {@return the number that stands for this format in GGUF files}
  int ggmlType() {
    return ggmlType;
  }

  /// {@return the format that a GGUF file calls `type`}
  ///
  /// @param type number in the file
  static Optional<Dtype> ofGgmlType(long type) {
    for (Dtype dtype : values()) {
      if (dtype.ggmlType == type) {
        return Optional.of(dtype);
      }
    }
    return Optional.empty();
  }

  /// {@return the format that safetensors files call `name`, of those that hold weights}
  ///
  /// @param name such as `BF16`
  static Optional<Dtype> ofSafetensors(String name) {
    return switch (name) {
      case "F32" -> Optional.of(F32);
      case "F16" -> Optional.of(F16);
      case "BF16" -> Optional.of(BF16);
      default -> Optional.empty();
    };
  }

  /// {@return bytes of `count` numbers}
  ///
  /// @param count a multiple of the block size
  long bytes(long count) {
    return Math.multiplyExact(count / blockSize, blockBytes);
  }
}
