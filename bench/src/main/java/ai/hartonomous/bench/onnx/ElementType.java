package ai.hartonomous.bench.onnx;

/// Element types of ONNX tensors, with their codes in `TensorProto.DataType`.
public enum ElementType {
  /// 32-bit float.
  FLOAT(1, 4),
  /// Unsigned byte.
  UINT8(2, 1),
  /// Signed byte.
  INT8(3, 1),
  /// 32-bit integer.
  INT32(6, 4),
  /// 64-bit integer.
  INT64(7, 8);

  private final int code;
  private final int sizeBytes;

  ElementType(int code, int sizeBytes) {
    this.code = code;
    this.sizeBytes = sizeBytes;
  }

  int code() {
    return code;
  }

  int sizeBytes() {
    return sizeBytes;
  }
}
