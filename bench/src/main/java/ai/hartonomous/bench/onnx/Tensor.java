package ai.hartonomous.bench.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/// A constant of a graph.
///
/// @param name unique in the graph
/// @param type ONNX element type
/// @param dims extents, outermost first
/// @param content the numbers
record Tensor(String name, ElementType type, List<Long> dims, Content content) {

  Tensor {
    dims = List.copyOf(dims);
    long elements = dims.stream().reduce(1L, Math::multiplyExact);
    if (elements * type.sizeBytes() != content.sizeBytes()) {
      throw new IllegalArgumentException(
          "tensor %s %s has %d bytes".formatted(name, dims, content.sizeBytes()));
    }
  }

  /// Numbers that can be written as little-endian bytes.
  interface Content {
    long sizeBytes();

    void writeTo(WritableByteChannel out) throws IOException;
  }

  /// Floats; the array is not copied.
  record Floats(float[] values) implements Content {
    private static final int CHUNK = 1 << 16;

    @Override
    public long sizeBytes() {
      return 4L * values.length;
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
      ByteBuffer chunk = ByteBuffer.allocateDirect(4 * CHUNK).order(ByteOrder.LITTLE_ENDIAN);
      for (int from = 0; from < values.length; from += CHUNK) {
        int count = Math.min(CHUNK, values.length - from);
        chunk.clear().limit(4 * count);
        chunk.asFloatBuffer().put(values, from, count);
        while (chunk.hasRemaining()) {
          out.write(chunk);
        }
      }
    }
  }

  /// Bytes as they stand in the file.
  record Raw(byte[] values) implements Content {
    @Override
    public long sizeBytes() {
      return values.length;
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(values);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    }
  }

  /// The message up to the numbers themselves, which follow it in the file.
  byte[] header() {
    Protobuf message = new Protobuf();
    for (long dim : dims) {
      message.number(1, dim);
    }
    return message.number(2, type.code()).text(8, name).header(9, content.sizeBytes()).toBytes();
  }
}
