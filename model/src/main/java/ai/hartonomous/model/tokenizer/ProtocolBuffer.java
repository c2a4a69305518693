package ai.hartonomous.model.tokenizer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Reads the fields of a protocol buffer message one after the other. A field is a varint `number
/// << 3 | form`, then by form: 0 a varint, 1 eight bytes, 2 a varint length and that many bytes, 5
/// four bytes.
final class ProtocolBuffer {

  private final ByteBuffer buffer;
  private final int base;
  private final Path file;
  private int field;
  private int form;

  /// Reads a file.
  ///
  /// @param bytes its content
  /// @param file named in errors
  ProtocolBuffer(byte[] bytes, Path file) {
    this(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0, file);
  }

  private ProtocolBuffer(ByteBuffer buffer, int base, Path file) {
    this.buffer = buffer;
    this.base = base;
    this.file = file;
  }

  /// Goes to the next field.
  ///
  /// @return whether there is one
  boolean next() throws IOException {
    if (!buffer.hasRemaining()) {
      return false;
    }
    long key = varint();
    field = (int) (key >>> 3);
    form = (int) (key & 7);
    if (field < 1 || key >>> 3 > 0x1FFF_FFFFL) {
      throw fault("a field number", Long.toString(key >>> 3));
    }
    return true;
  }

  /// {@return number of the current field}
  int field() {
    return field;
  }

  /// {@return the current field as a number, cut to 32 bits}
  int int32() throws IOException {
    expect(0, "a number");
    return (int) varint();
  }

  /// {@return the current field as a floating-point number}
  float float32() throws IOException {
    expect(5, "four bytes");
    need(4);
    return buffer.getFloat();
  }

  /// {@return the bytes of the current field}
  byte[] bytes() throws IOException {
    byte[] bytes = new byte[length()];
    buffer.get(bytes);
    return bytes;
  }

  /// {@return the message in the current field}
  ProtocolBuffer message() throws IOException {
    int length = length();
    int start = buffer.position();
    ByteBuffer inner = buffer.slice(start, length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.position(start + length);
    return new ProtocolBuffer(inner, base + start, file);
  }

  /// Passes the current field over.
  void skip() throws IOException {
    switch (form) {
      case 0 -> varint();
      case 1 -> pass(8);
      case 2 -> pass(length());
      case 5 -> pass(4);
      default -> throw fault("a field of form 0, 1, 2 or 5", "form " + form);
    }
  }

  private int length() throws IOException {
    expect(2, "bytes");
    long length = varint();
    if (length < 0 || length > buffer.remaining()) {
      throw fault("at most %d bytes".formatted(buffer.remaining()), Long.toUnsignedString(length));
    }
    return (int) length;
  }

  private void pass(int size) throws IOException {
    need(size);
    buffer.position(buffer.position() + size);
  }

  private long varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      need(1);
      byte part = buffer.get();
      value |= (part & 0x7FL) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw fault("a number of at most ten bytes", "a longer one");
  }

  private void expect(int wanted, String what) throws IOException {
    if (form != wanted) {
      throw fault("%s in field %d".formatted(what, field), "form " + form);
    }
  }

  private void need(int size) throws IOException {
    if (buffer.remaining() < size) {
      throw fault(size + " more bytes", buffer.remaining() + " bytes");
    }
  }

  private TokenizerException fault(String expected, String found) {
    return new TokenizerException(file, "byte " + (base + buffer.position()), expected, found);
  }
}
