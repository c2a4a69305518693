package ai.hartonomous.interpret.capture;

import ai.hartonomous.interpret.capture.CaptureManifest.Point;
import ai.hartonomous.interpret.capture.CaptureManifest.Shard;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.SafetensorsFile;
import ai.hartonomous.model.checkpoint.StoredTensor;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads rows of stored values from mapped files. A file is checked as a whole, checksum and all,
/// before its first row is read.
final class ShardReader implements AutoCloseable {
  private static final ValueLayout.OfFloat FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORTS =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path folder;
  private final CaptureManifest manifest;
  private final boolean[] checked;
  private final Map<Integer, Open> open = new HashMap<>();

  /// A mapped shard.
  ///
  /// @param file owns the mapping
  /// @param values bytes of each point
  private record Open(SafetensorsFile file, Map<HookPoint, MemorySegment> values) {}

  /// Reads the manifest; the caller closes this.
  ShardReader(Path folder) throws IOException {
    this.folder = folder;
    manifest = ManifestText.read(folder);
    checked = new boolean[manifest.shards().size()];
  }

  CaptureManifest manifest() {
    return manifest;
  }

  /// Unmaps all other shards.
  void keepOnly(int[] numbers) {
    Set<Integer> kept = Arrays.stream(numbers).boxed().collect(Collectors.toSet());
    open.entrySet()
        .removeIf(
            entry -> {
              if (kept.contains(entry.getKey())) {
                return false;
              }
              entry.getValue().file().close();
              return true;
            });
  }

  /// Reads one row.
  ///
  /// @param shard number of the shard
  /// @param point what to read
  /// @param row row in the shard
  /// @param out receives the numbers
  /// @param to row of `out`
  /// @throws CaptureException if the shard is not what the manifest says
  void read(int shard, HookPoint point, int row, Matrix out, int to) throws IOException {
    Open mapped = open.get(shard);
    if (mapped == null) {
      mapped = map(shard);
      open.put(shard, mapped);
    }
    MemorySegment bytes = mapped.values().get(point);
    if (bytes == null) {
      throw new IllegalArgumentException(point.path() + " is not stored");
    }
    int width = out.cols();
    long from = (long) row * width;
    float[] data = out.data();
    int at = out.rowOffset(to);
    switch (manifest.dtype()) {
      case F32 -> MemorySegment.copy(bytes, FLOATS, 4 * from, data, at, width);
      case F16 -> {
        for (int c = 0; c < width; c++) {
          data[at + c] = Float.float16ToFloat(bytes.get(SHORTS, 2 * (from + c)));
        }
      }
      case BF16 -> {
        for (int c = 0; c < width; c++) {
          data[at + c] = Float.intBitsToFloat(bytes.get(SHORTS, 2 * (from + c)) << 16);
        }
      }
      case Q8_0, Q4_0, Q4_K, Q6_K ->
          throw new IllegalStateException("the manifest allows no " + manifest.dtype());
    }
  }

  private Open map(int number) throws IOException {
    Shard shard = manifest.shards().get(number);
    Path path = folder.resolve(shard.file());
    if (!checked[number]) {
      String found = Digests.ofFile(path);
      if (!found.equals(shard.sha256())) {
        throw new CaptureException(path, "SHA-256", shard.sha256(), found);
      }
      checked[number] = true;
    }
    SafetensorsFile file = SafetensorsFile.open(path);
    try {
      return new Open(file, values(file, shard));
    } catch (CaptureException e) {
      file.close();
      throw e;
    }
  }

  private Map<HookPoint, MemorySegment> values(SafetensorsFile file, Shard shard)
      throws CaptureException {
    Map<HookPoint, MemorySegment> values = new HashMap<>();
    for (Point point : manifest.points()) {
      String name = point.point().path();
      List<Long> shape = List.of((long) shard.rows(), (long) point.width());
      Dtype dtype = manifest.dtype();
      StoredTensor tensor = file.tensors().get(name);
      if (tensor == null || tensor.dtype() != dtype || !tensor.shape().equals(shape)) {
        throw new CaptureException(
            file.file(),
            "tensor " + name,
            "%s %s".formatted(dtype, shape),
            tensor == null ? "none" : "%s %s".formatted(tensor.type(), tensor.shape()));
      }
      values.put(point.point(), tensor.bytes());
    }
    return values;
  }

  @Override
  public void close() {
    keepOnly(new int[0]);
  }
}
