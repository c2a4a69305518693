package ai.hartonomous.model.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A tensor inside a mapped file. Whoever made it has checked that `bytes` is exactly as long as
/// shape and format demand. It is valid until its file is closed.
///
/// @param file the file
/// @param name name in the file
/// @param type the file's name for the number format
/// @param dtype the format, or null where it is none that holds weights
/// @param shape extents, outermost first; row-major
/// @param bytes the mapped numbers, little-endian
public record StoredTensor(
    Path file,
    String name,
    String type,
    @Nullable Dtype dtype,
    List<Long> shape,
    MemorySegment bytes) {
  private static final long MAX_ELEMENTS = Integer.MAX_VALUE - 8L;

  /// Copies the shape.
  public StoredTensor {
    shape = List.copyOf(shape);
  }

  /// {@return number of elements}
  public long elements() {
    long count = 1;
    for (long extent : shape) {
      count = Math.multiplyExact(count, extent);
    }
    return count;
  }

  /// {@return the numbers, converted, row-major}
  ///
  /// @throws CheckpointException if the format holds no weights or the tensor exceeds an array
  public float[] read() throws CheckpointException {
    long count = elements();
    if (count > MAX_ELEMENTS) {
      throw new CheckpointException(
          file, "tensor " + name, "at most %d numbers".formatted(MAX_ELEMENTS), "" + count);
    }
    float[] numbers = new float[(int) count];
    NumberDecoder.decode(format(), bytes, numbers);
    return numbers;
  }

  /// {@return the number format}
  ///
  /// @throws CheckpointException if it is none that holds weights
  Dtype format() throws CheckpointException {
    if (dtype == null) {
      throw new CheckpointException(file, "tensor " + name, "numbers in F32, F16 or BF16", type);
    }
    return dtype;
  }
}
