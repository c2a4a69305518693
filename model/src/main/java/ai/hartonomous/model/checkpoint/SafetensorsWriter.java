package ai.hartonomous.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes safetensors files. The same tensors give the same bytes: they stand in the order of their
/// names, and the header is filled with spaces to a multiple of 8 bytes.
public final class SafetensorsWriter {
  private static final int CHUNK = 64 * 1024;
  private static final JsonMapper JSON = new JsonMapper();

  private SafetensorsWriter() {}

  /// A tensor to write.
  ///
  /// @param name name in the file
  /// @param shape extents, outermost first
  /// @param numbers makes the numbers, row-major; called once, when its turn comes
  public record Tensor(String name, List<Long> shape, Supplier<float[]> numbers) {

    /// Copies the shape.
    public Tensor {
      shape = List.copyOf(shape);
    }

    long elements() {
      return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }
  }

  /// Writes a new file.
  ///
  /// @param file created; must not exist
  /// @param tensors in any order; names differ
  /// @param dtype F32, F16 or BF16
  /// @throws IllegalArgumentException if two names are equal, the format is another, or a tensor's
  ///   numbers do not fit its shape
  /// @throws IOException if the file exists or cannot be written
  public static void write(Path file, List<Tensor> tensors, Dtype dtype) throws IOException {
    if (dtype.isQuantised()) {
      throw new IllegalArgumentException("safetensors files hold F32, F16 or BF16, not " + dtype);
    }
    List<Tensor> sorted = tensors.stream().sorted(Comparator.comparing(Tensor::name)).toList();
    try (FileChannel out = begin(file, sorted, dtype)) {
      for (Tensor tensor : sorted) {
        float[] numbers = tensor.numbers().get();
        if (numbers.length != tensor.elements()) {
          throw new IllegalArgumentException(
              "%s: %d numbers for %s".formatted(tensor.name(), numbers.length, tensor.shape()));
        }
        writeNumbers(out, numbers, dtype);
      }
    }
  }

  /// Writes a new file with one matrix, without a second copy of its numbers.
  ///
  /// @param file created; must not exist
  /// @param name name of the tensor
  /// @param rows the rows, at least one, all of one length
  /// @param dtype F32, F16 or BF16
  /// @throws IllegalArgumentException if a row has another length than the first
  /// @throws IOException if the file exists or cannot be written
  public static void writeRows(Path file, String name, float[][] rows, Dtype dtype)
      throws IOException {
    int cols = rows[0].length;
    var shape = List.of((long) rows.length, (long) cols);
    var tensor = new Tensor(name, shape, () -> new float[0]); // its numbers are written below
    try (FileChannel out = begin(file, List.of(tensor), dtype)) {
      for (float[] row : rows) {
        if (row.length != cols) {
          throw new IllegalArgumentException(
              "%s: a row of %d numbers beside rows of %d".formatted(name, row.length, cols));
        }
        writeNumbers(out, row, dtype);
      }
    }
  }

  /// {@return a new file that stands where the numbers begin}
  private static FileChannel begin(Path file, List<Tensor> sorted, Dtype dtype) throws IOException {
    byte[] header = header(sorted, dtype).getBytes(StandardCharsets.UTF_8);
    int padding = -header.length & 7;
    ByteBuffer start =
        ByteBuffer.allocate(8 + header.length + padding).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(header.length + padding).put(header);
    start.put(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
    FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      drain(start, out);
      return out;
    } catch (IOException e) {
      out.close();
      throw e;
    }
  }

  /// Writes numbers where a channel stands.
  ///
  /// @param out destination
  /// @param numbers whole blocks of `dtype`
  /// @param dtype format
  static void writeNumbers(FileChannel out, float[] numbers, Dtype dtype) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate((int) dtype.bytes(CHUNK)).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < numbers.length; from += CHUNK) {
      NumberEncoder.encode(dtype, numbers, from, Math.min(CHUNK, numbers.length - from), chunk);
      drain(chunk, out);
    }
  }

  private static void drain(ByteBuffer buffer, FileChannel out) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
    buffer.clear();
  }

  private static String header(List<Tensor> sorted, Dtype dtype) {
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long end = 0;
    for (Tensor tensor : sorted) {
      if (header.has(tensor.name())) {
        throw new IllegalArgumentException("two tensors are called " + tensor.name());
      }
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", dtype.name());
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(extent -> shape.add(extent.longValue()));
      long begin = end;
      end = Math.addExact(end, dtype.bytes(tensor.elements()));
      entry.putArray("data_offsets").add(begin).add(end);
    }
    return JSON.writeValueAsString(header);
  }
}
