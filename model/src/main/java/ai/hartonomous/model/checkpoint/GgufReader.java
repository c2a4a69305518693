package ai.hartonomous.model.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads metadata and tensor table of a GGUF file. Every count and length is compared with what is
/// left of the file before it is used.
final class GgufReader {
  private static final int MAGIC = 0x46554747;
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final int MAX_ALIGNMENT = 1 << 20;
  private static final int MAX_KEY = 65535;
  private static final int MAX_NAME = 256;
  private static final int MAX_TENSORS = 200_000;
  private static final int MAX_VALUES = 65_536;
  private static final int MIN_ENTRY = 8 + 4 + 1; // key length, type, a value of one byte
  private static final int MIN_TENSOR = 8 + 4 + 4 + 8; // name length, dims, type, offset
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MappedFile mapped;
  private final Map<String, GgufValue> metadata = new LinkedHashMap<>();
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private long at;

  GgufReader(MappedFile mapped) {
    this.mapped = mapped;
  }

  Map<String, GgufValue> metadata() {
    return metadata;
  }

  Map<String, StoredTensor> tensors() {
    return tensors;
  }

  /// A tensor of the table; its offset counts from the data section.
  private record Entry(String name, List<Long> shape, Dtype dtype, long offset, long bytes) {}

  /// Reads the whole table.
  void read() throws CheckpointException {
    int magic = int32("the magic \"GGUF\"");
    if (magic != MAGIC) {
      throw mapped.fault(0, "the magic \"GGUF\"", "0x%08x".formatted(magic));
    }
    int version = int32("a version");
    if (version != 2 && version != 3) {
      throw mapped.fault(4, "version 2 or 3", Integer.toUnsignedString(version));
    }
    long tensorCount = count("tensors", MIN_TENSOR);
    long valueCount = count("values", MIN_ENTRY);
    if (tensorCount > MAX_TENSORS) {
      throw mapped.fault(8, "at most %d tensors".formatted(MAX_TENSORS), "" + tensorCount);
    }
    if (valueCount > MAX_VALUES) {
      throw mapped.fault(16, "at most %d values".formatted(MAX_VALUES), "" + valueCount);
    }
    for (long i = 0; i < valueCount; i++) {
      readValue();
    }
    List<Entry> entries = new ArrayList<>();
    for (long i = 0; i < tensorCount; i++) {
      entries.add(readEntry());
    }
    place(entries);
  }

  private void readValue() throws CheckpointException {
    long start = at;
    String key = string("a key", MAX_KEY);
    GgufType type = type();
    GgufValue value;
    if (type == GgufType.ARRAY) {
      GgufType element = type();
      if (element == GgufType.ARRAY) {
        throw mapped.fault(start, "no lists of lists", "one at " + FileFormatException.quote(key));
      }
      long count = count("elements", element == GgufType.STRING ? 8 : element.bytes());
      value = new GgufValue(mapped.file(), key, element, count, elements(element, count));
    } else if (type == GgufType.STRING) {
      long length = count("characters", 1);
      value = new GgufValue(mapped.file(), key, type, -1, take(length));
    } else {
      need(type.bytes(), "a value");
      value = new GgufValue(mapped.file(), key, type, -1, take(type.bytes()));
    }
    if (metadata.put(key, value) != null) {
      throw mapped.fault(start, "keys that differ", "a second " + FileFormatException.quote(key));
    }
  }

  private MemorySegment elements(GgufType element, long count) throws CheckpointException {
    if (element != GgufType.STRING) {
      return take(count * element.bytes());
    }
    long start = at;
    for (long i = 0; i < count; i++) {
      take(count("characters", 1));
    }
    return mapped.bytes().asSlice(start, at - start);
  }

  private Entry readEntry() throws CheckpointException {
    long start = at;
    String name = string("a tensor name", MAX_NAME);
    int dims = int32("a number of dimensions");
    if (dims < 0 || dims > 4) {
      throw mapped.fault(at - 4, "at most 4 dimensions", Integer.toUnsignedString(dims));
    }
    List<Long> shape = new ArrayList<>();
    long elements = 1;
    for (int d = 0; d < dims; d++) {
      long extent = int64("an extent");
      if (extent < 0 || (extent > 0 && elements > Long.MAX_VALUE / 64 / extent)) {
        throw mapped.fault(at - 8, "an extent that fits", Long.toUnsignedString(extent));
      }
      elements *= extent;
      shape.addFirst(extent); // the file has the innermost first
    }
    int type = int32("a number format");
    Dtype dtype =
        Dtype.ofGgmlType(type)
            .orElseThrow(
                () ->
                    new CheckpointException(
                        mapped.file(),
                        "tensor " + FileFormatException.quote(name),
                        "F32, F16, BF16, Q8_0, Q4_0, Q4_K or Q6_K",
                        "GGML type " + Integer.toUnsignedString(type)));
    if (dtype.isQuantised() && (dims == 0 || shape.getLast() % dtype.blockSize() != 0)) {
      throw mapped.fault(
          start, "rows of whole blocks of %d".formatted(dtype.blockSize()), "shape " + shape);
    }
    return new Entry(name, shape, dtype, int64("an offset"), dtype.bytes(elements));
  }

  private void place(List<Entry> entries) throws CheckpointException {
    long alignment = alignment();
    long data = (at + alignment - 1) / alignment * alignment;
    long room = Math.max(0, mapped.size() - data);
    long end = 0;
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::bytes));
    for (Entry entry : sorted) {
      if (entry.offset < end
          || entry.offset % alignment != 0
          || entry.offset > room
          || entry.bytes > room - entry.offset) {
        throw new CheckpointException(
            mapped.file(),
            "tensor " + FileFormatException.quote(entry.name),
            "%d bytes from %d on, at a multiple of %d, within %d"
                .formatted(entry.bytes, end, alignment, room),
            "offset " + Long.toUnsignedString(entry.offset));
      }
      end = entry.offset + entry.bytes;
    }
    for (Entry entry : entries) {
      MemorySegment bytes =
          entry.bytes == 0
              ? mapped.bytes().asSlice(0, 0)
              : mapped.bytes().asSlice(data + entry.offset, entry.bytes);
      var tensor =
          new StoredTensor(
              mapped.file(), entry.name, entry.dtype.name(), entry.dtype, entry.shape, bytes);
      if (tensors.put(entry.name, tensor) != null) {
        throw mapped.fault(
            at, "tensors that differ", "a second " + FileFormatException.quote(entry.name));
      }
    }
  }

  private long alignment() throws CheckpointException {
    GgufValue value = metadata.get("general.alignment");
    if (value == null) {
      return DEFAULT_ALIGNMENT;
    }
    int alignment = value.integer();
    if (Integer.bitCount(alignment) != 1 || alignment > MAX_ALIGNMENT) {
      throw value.unexpected("a power of two up to " + MAX_ALIGNMENT, "" + alignment);
    }
    return alignment;
  }

  private GgufType type() throws CheckpointException {
    int number = int32("a value type");
    return GgufType.of(number)
        .orElseThrow(
            () ->
                mapped.fault(
                    at - 4, "a value type from 0 to 12", Integer.toUnsignedString(number)));
  }

  private String string(String what, int maxBytes) throws CheckpointException {
    long length = count("characters", 1);
    if (length > maxBytes) {
      throw mapped.fault(at - 8, "%s of at most %d bytes".formatted(what, maxBytes), "" + length);
    }
    return new String(take(length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /// Reads a number of things and checks that so many can follow.
  private long count(String what, int leastBytes) throws CheckpointException {
    long count = int64("a number of " + what);
    long most = (mapped.size() - at) / leastBytes;
    if (count < 0 || count > most) {
      throw mapped.fault(
          at - 8, "at most %d %s".formatted(most, what), Long.toUnsignedString(count));
    }
    return count;
  }

  private MemorySegment take(long bytes) {
    MemorySegment taken = mapped.bytes().asSlice(at, bytes);
    at += bytes;
    return taken;
  }

  private int int32(String what) throws CheckpointException {
    need(4, what);
    at += 4;
    return mapped.bytes().get(INT, at - 4);
  }

  private long int64(String what) throws CheckpointException {
    need(8, what);
    at += 8;
    return mapped.bytes().get(LONG, at - 8);
  }

  private void need(int bytes, String what) throws CheckpointException {
    if (mapped.size() - at < bytes) {
      throw mapped.fault(at, what, "the end of the file");
    }
  }
}
