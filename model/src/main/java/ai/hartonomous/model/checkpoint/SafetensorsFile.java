package ai.hartonomous.model.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A safetensors file, mapped into memory. The package comment describes the format.
public final class SafetensorsFile implements Mapped {
  private static final long MAX_HEADER_BYTES = 100_000_000;
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MappedFile mapped;
  private final Map<String, StoredTensor> tensors;
  private final Map<String, String> metadata;

  private SafetensorsFile(
      MappedFile mapped, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
    this.mapped = mapped;
    this.tensors = Collections.unmodifiableMap(tensors);
    this.metadata = Map.copyOf(metadata);
  }

  /// Opens a file; the caller closes it.
  ///
  /// @param file the file
  /// @return the open file
  /// @throws CheckpointException if the header is damaged, or the tensors are not laid one after
  ///   the other without gap or overlap up to the end of the file
  /// @throws IOException if the file cannot be read
  public static SafetensorsFile open(Path file) throws IOException {
    MappedFile mapped = MappedFile.open(file);
    try {
      MemorySegment header = header(mapped);
      var reader = new SafetensorsHeader(file);
      reader.read(header);
      long data = 8 + header.byteSize();
      Map<String, StoredTensor> tensors = place(mapped, data, reader.entries());
      return new SafetensorsFile(mapped, tensors, reader.metadata());
    } catch (IOException | RuntimeException e) {
      mapped.close();
      throw e;
    }
  }

  /// {@return the tensors by name, in the order of their data; valid until this is closed}
  public Map<String, StoredTensor> tensors() {
    return tensors;
  }

  /// {@return the `__metadata__` of the header}
  public Map<String, String> metadata() {
    return metadata;
  }

  /// {@return the file}
  public Path file() {
    return mapped.file();
  }

  @Override
  public void close() {
    mapped.close();
  }

  private static MemorySegment header(MappedFile mapped) throws CheckpointException {
    if (mapped.size() < 8) {
      throw mapped.fault(0, "a header length of 8 bytes", mapped.size() + " bytes");
    }
    long length = mapped.bytes().get(LONG, 0);
    long most = Math.min(MAX_HEADER_BYTES, mapped.size() - 8);
    if (length < 2 || length > most) {
      throw mapped.fault(0, "a header length from 2 to " + most, Long.toUnsignedString(length));
    }
    MemorySegment header = mapped.bytes().asSlice(8, length);
    if (header.get(ValueLayout.JAVA_BYTE, 0) != '{') {
      throw mapped.fault(8, "'{'", "byte " + (header.get(ValueLayout.JAVA_BYTE, 0) & 0xff));
    }
    return header;
  }

  private static Map<String, StoredTensor> place(
      MappedFile mapped, long data, List<SafetensorsHeader.Entry> entries)
      throws CheckpointException {
    List<SafetensorsHeader.Entry> sorted = new ArrayList<>(entries);
    sorted.sort(
        Comparator.comparingLong(SafetensorsHeader.Entry::begin)
            .thenComparingLong(SafetensorsHeader.Entry::end));
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    long end = 0;
    for (SafetensorsHeader.Entry entry : sorted) {
      if (entry.begin() != end || entry.end() > mapped.size() - data) {
        throw new CheckpointException(
            mapped.file(),
            "tensor " + FileFormatException.quote(entry.name()),
            "data from %d and within %d bytes".formatted(end, mapped.size() - data),
            "[%d, %d)".formatted(entry.begin(), entry.end()));
      }
      MemorySegment bytes = mapped.bytes().asSlice(data + end, entry.end() - end);
      tensors.put(entry.name(), entry.tensor(mapped.file(), bytes));
      end = entry.end();
    }
    if (data + end != mapped.size()) {
      throw mapped.fault(
          data + end, "the end of the file", (mapped.size() - data - end) + " bytes");
    }
    return tensors;
  }
}
