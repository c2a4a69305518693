package ai.hartonomous.bench.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An ONNX model being put together: inputs, constants and operations in order, then one file.
public final class OnnxGraph {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;

  private final List<Protobuf> inputs = new ArrayList<>();
  private final List<Protobuf> outputs = new ArrayList<>();
  private final List<Protobuf> nodes = new ArrayList<>();
  private final List<Tensor> constants = new ArrayList<>();
  private int results;

  /// {@return the name, after declaring it an input}
  ///
  /// @param name of the value
  /// @param type of its elements
  /// @param dims its extents
  public String input(String name, ElementType type, long... dims) {
    inputs.add(value(name, type, dims));
    return name;
  }

  /// Declares a value an output.
  ///
  /// @param name of the value
  /// @param type of its elements
  /// @param dims its extents
  public void output(String name, ElementType type, long... dims) {
    outputs.add(value(name, type, dims));
  }

  /// {@return the name, after adding a constant of floats}
  ///
  /// @param name of the value
  /// @param values its numbers; not copied, read when the file is written
  /// @param dims its extents
  public String constant(String name, float[] values, long... dims) {
    return constant(name, ElementType.FLOAT, new Tensor.Floats(values), dims);
  }

  /// {@return the name, after adding a constant of bytes}
  ///
  /// @param name of the value
  /// @param type {@link ElementType#UINT8} or {@link ElementType#INT8}
  /// @param values its numbers
  /// @param dims its extents
  public String constant(String name, ElementType type, byte[] values, long... dims) {
    return constant(name, type, new Tensor.Raw(values), dims);
  }

  /// {@return the name, after adding a constant vector of integers}
  ///
  /// @param name of the value
  /// @param values its numbers
  public String constant(String name, long[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
    bytes.order(java.nio.ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
    return constant(name, ElementType.INT64, new Tensor.Raw(bytes.array()), values.length);
  }

  private String constant(String name, ElementType type, Tensor.Content content, long... dims) {
    constants.add(new Tensor(name, type, Arrays.stream(dims).boxed().toList(), content));
    return name;
  }

  /// {@return the name of the operation's result}
  ///
  /// @param node operation without named results
  public String add(Node node) {
    String name = "value_" + results++;
    nodes.add(node.to(name).message());
    return name;
  }

  /// Adds an operation whose results are already named.
  ///
  /// @param node operation with {@link Node#to names}
  public void addNamed(Node node) {
    nodes.add(node.message());
  }

  /// Writes the model.
  ///
  /// @param file new file
  /// @throws IOException if it cannot be written
  public void write(Path file) throws IOException {
    Protobuf nodesMessage = new Protobuf();
    nodes.forEach(node -> nodesMessage.message(1, node));
    nodesMessage.text(2, "benchmark");
    inputs.forEach(input -> nodesMessage.message(11, input));
    outputs.forEach(output -> nodesMessage.message(12, output));
    byte[] start = nodesMessage.toBytes();

    long graphBytes = start.length;
    List<byte[]> headers = new ArrayList<>();
    for (Tensor constant : constants) {
      byte[] inner = constant.header();
      long size = inner.length + constant.content().sizeBytes();
      byte[] outer = new Protobuf().header(5, size).toBytes();
      headers.add(concatenate(outer, inner));
      graphBytes += outer.length + size;
    }
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(out, modelStart().header(7, graphBytes).toBytes());
      write(out, start);
      for (int i = 0; i < headers.size(); i++) {
        write(out, headers.get(i));
        constants.get(i).content().writeTo(out);
      }
    }
  }

  private static Protobuf modelStart() {
    return new Protobuf()
        .number(1, IR_VERSION)
        .text(2, "hartonomous")
        .message(8, new Protobuf().text(1, "").number(2, OPSET))
        .message(8, new Protobuf().text(1, "com.microsoft").number(2, 1));
  }

  private static Protobuf value(String name, ElementType type, long... dims) {
    Protobuf shape = new Protobuf();
    for (long dim : dims) {
      shape.message(1, new Protobuf().number(1, dim));
    }
    Protobuf tensor = new Protobuf().number(1, type.code()).message(2, shape);
    return new Protobuf().text(1, name).message(2, new Protobuf().message(1, tensor));
  }

  private static byte[] concatenate(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static void write(WritableByteChannel out, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }
}
