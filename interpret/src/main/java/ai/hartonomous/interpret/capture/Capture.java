package ai.hartonomous.interpret.capture;

import ai.hartonomous.interpret.capture.CaptureManifest.Point;
import ai.hartonomous.interpret.capture.CaptureManifest.Shard;
import ai.hartonomous.interpret.capture.CaptureManifest.Source;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.FileFormatException;
import ai.hartonomous.model.checkpoint.SafetensorsWriter;
import ai.hartonomous.model.checkpoint.SafetensorsWriter.Tensor;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// Stores a model's values on a corpus, shard by shard. The package comment describes the files.
///
/// A capture that was interrupted, even by a kill, goes on where it stopped when it is run again:
/// finished shards are kept if their bytes are still right, and the rest gets the bytes that an
/// undisturbed run would have written.
public final class Capture {

  /// Largest finite number in half precision; anything that rounds above it becomes infinite.
  private static final float LARGEST_HALF = 65519.996f;

  private static final int MANIFEST_BYTES_PER_ENTRY = 256;
  private static final int HEADER_BYTES_PER_POINT = 160;

  private final Transformer transformer;
  private final Plan plan;
  private final List<HookPoint> points;
  private final Source source;

  /// What is stored.
  ///
  /// @param text what the model reads
  /// @param points hook points with one row per token, at least one
  /// @param dtype F32, F16 or BF16
  /// @param rowsPerShard rows of every shard but the last, at least 1
  /// @param mostRows tokens to stop after, or {@link Long#MAX_VALUE} for the whole corpus
  /// @param tokensPerPass tokens that pass through the model together
  public record Plan(
      CorpusText text,
      List<HookPoint> points,
      Dtype dtype,
      int rowsPerShard,
      long mostRows,
      int tokensPerPass) {
    /// Checks the extents.
    ///
    /// @throws IllegalArgumentException if one is below 1, no point is named, or the number format
    ///   is another
    public Plan {
      points = List.copyOf(points);
      if (points.isEmpty() || rowsPerShard < 1 || mostRows < 1 || tokensPerPass < 1) {
        throw new IllegalArgumentException(
            "%d points, %d rows in shards of %d, %d tokens in a pass"
                .formatted(points.size(), mostRows, rowsPerShard, tokensPerPass));
      }
      if (dtype.isQuantised()) {
        throw new IllegalArgumentException("values are stored as F32, F16 or BF16, not " + dtype);
      }
    }
  }

  /// How large a capture will be.
  ///
  /// @param rows tokens that will be stored
  /// @param shards files they will stand in
  /// @param bytes what all files take at most, those of an unfinished capture among them
  public record Size(long rows, long shards, long bytes) {}

  /// How far a capture is.
  ///
  /// @param rows rows that are stored
  /// @param all rows that will be
  /// @param tokens tokens that the model has read in this run
  public record Progress(long rows, long all, long tokens) {}

  /// Prepares a capture.
  ///
  /// @param transformer the model; its kernels stay the caller's
  /// @param modelHash what tells the model from others, such as `Checkpoint.contentHash()`
  /// @param plan what is stored
  /// @throws IllegalArgumentException if the model has no such hook point
  /// @throws IOException if the corpus cannot be read
  public Capture(Transformer transformer, String modelHash, Plan plan) throws IOException {
    this.transformer = transformer;
    this.plan = plan;
    points =
        plan.points().stream().distinct().sorted(Comparator.comparing(HookPoint::path)).toList();
    points.forEach(this::width);
    source =
        new Source(
            modelHash,
            plan.text().corpus().hash(),
            plan.text().packing().text(),
            "%s with %d threads"
                .formatted(
                    transformer.kernels().getClass().getSimpleName(),
                    transformer.kernels().threads()),
            plan.tokensPerPass());
  }

  private int width(HookPoint point) {
    return HookWidths.of(transformer.config(), point);
  }

  /// States what will be stored. Reads the text, but does not run the model.
  ///
  /// @return the size
  /// @throws IOException if the corpus cannot be read, or has no token that counts
  public Size size() throws IOException {
    try (CorpusRows rows = open()) {
      return size(Math.min(plan.mostRows(), rows.count()));
    }
  }

  private CorpusRows open() throws IOException {
    return new CorpusRows(transformer, plan.text(), points, plan.tokensPerPass());
  }

  private Size size(long rows) throws IOException {
    if (rows == 0) {
      throw new IOException("no token of the corpus counts");
    }
    long shards = Math.ceilDiv(rows, plan.rowsPerShard());
    int numberBytes = plan.dtype().blockBytes();
    long rowBytes = 0;
    for (HookPoint point : points) {
      rowBytes = Math.addExact(rowBytes, (long) numberBytes * width(point));
    }
    long shardBytes = 64 + (long) HEADER_BYTES_PER_POINT * points.size();
    // The manifest and, until it is written, the journal with two sums for each point and shard.
    long listed = (shards + points.size() + 4) * MANIFEST_BYTES_PER_ENTRY;
    long journal = (shards + 4) * (MANIFEST_BYTES_PER_ENTRY + 64L * points.size());
    long bytes = Math.multiplyExact(rows, rowBytes);
    return new Size(rows, shards, bytes + shards * shardBytes + listed + journal);
  }

  /// Stores the values, or what an earlier run has left to do.
  ///
  /// @param folder receives the files; made if it is not there
  /// @param budgetBytes most bytes that the folder may take
  /// @param listener told after every shard
  /// @return what the folder holds
  /// @throws DiskBudgetException if the capture would take more than the budget or than the disk
  ///   has; nothing was written then
  /// @throws CaptureException if the folder holds another capture, or a value does not fit the
  ///   number format
  /// @throws IOException if the corpus cannot be read or a file cannot be written
  public CaptureManifest run(Path folder, long budgetBytes, Consumer<Progress> listener)
      throws IOException {
    Size size = size();
    if (size.bytes() > budgetBytes) {
      throw new DiskBudgetException(folder, size.bytes(), budgetBytes, "the budget");
    }
    ObjectNode work = work(size);
    if (Files.exists(folder.resolve(ManifestText.NAME))) {
      return finished(folder, size);
    }
    Files.createDirectories(folder);
    deleteParts(folder);
    try (CaptureJournal journal =
            CaptureJournal.open(folder, work, (n, sha) -> isIntact(folder, n, sha));
        CorpusRows rows = open()) {
      checkDisk(folder, size, journal.entries().size());
      long done = Math.min(size.rows(), (long) journal.entries().size() * plan.rowsPerShard());
      while (done < size.rows()) {
        int count = (int) Math.min(plan.rowsPerShard(), size.rows() - done);
        journal.add(store(folder, journal.entries().size(), rows, done, count));
        done += count;
        listener.accept(new Progress(done, size.rows(), rows.tokens()));
      }
      CaptureManifest manifest = manifest(size, journal.entries());
      writeManifest(folder, manifest);
      return manifest;
    } finally {
      if (Files.exists(folder.resolve(ManifestText.NAME))) {
        Files.deleteIfExists(folder.resolve(CaptureJournal.NAME));
      }
    }
  }

  /// Deletes what a kill has left unfinished.
  private static void deleteParts(Path folder) throws IOException {
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "*.part")) {
      for (Path part : parts) {
        Files.delete(part);
      }
    }
  }

  private ObjectNode work(Size size) {
    ObjectNode work = ManifestText.source(source);
    work.put("dtype", plan.dtype().name());
    work.put("rows", size.rows());
    work.put("rows_per_shard", plan.rowsPerShard());
    var names = work.putArray("points");
    points.forEach(point -> names.add(point.path()));
    return work;
  }

  private CaptureManifest finished(Path folder, Size size) throws IOException {
    CaptureManifest manifest = ManifestText.read(folder);
    boolean same =
        manifest.source().equals(source)
            && manifest.dtype() == plan.dtype()
            && manifest.rows() == size.rows()
            && manifest.rowsPerShard() == plan.rowsPerShard()
            && manifest.points().stream().map(Point::point).toList().equals(points);
    if (!same) {
      throw new CaptureException(
          folder.resolve(ManifestText.NAME),
          "source",
          work(size).toString(),
          FileFormatException.quote(ManifestText.source(manifest.source()).toString()));
    }
    return manifest;
  }

  private static boolean isIntact(Path folder, int number, String sha256) throws IOException {
    Path file = folder.resolve(ManifestText.shardName(number));
    return Files.isRegularFile(file) && Digests.ofFile(file).equals(sha256);
  }

  private void checkDisk(Path folder, Size size, long finished) throws IOException {
    long left = size.bytes() - finished * (size.bytes() / size.shards());
    long usable = Files.getFileStore(folder).getUsableSpace();
    if (left > usable) {
      throw new DiskBudgetException(folder, left, usable, "the free space of the disk");
    }
  }

  /// Writes one shard under another name, then renames it: a shard that is there is whole.
  private CaptureJournal.Entry store(Path folder, int number, CorpusRows rows, long from, int count)
      throws IOException {
    Map<HookPoint, Matrix> values = new LinkedHashMap<>();
    for (HookPoint point : points) {
      values.put(point, Matrix.zeros(count, width(point)));
    }
    int found = rows.read(from, count, values);
    Path file = folder.resolve(ManifestText.shardName(number));
    if (found < count) {
      throw new CaptureException(
          file, "row " + found, count + " rows of an unchanged corpus", found + " rows");
    }
    double[] norms = new double[points.size()];
    double[] squares = new double[points.size()];
    List<Tensor> tensors = new ArrayList<>();
    for (int p = 0; p < norms.length; p++) {
      HookPoint point = points.get(p);
      Matrix matrix = Objects.requireNonNull(values.get(point));
      for (int r = 0; r < count; r++) {
        double square = square(matrix, r, file, point);
        squares[p] += square;
        norms[p] += Math.sqrt(square);
      }
      List<Long> shape = List.of((long) count, (long) matrix.cols());
      tensors.add(new Tensor(point.path(), shape, matrix::data));
    }
    Path part = folder.resolve(ManifestText.shardName(number) + ".part");
    Files.deleteIfExists(part);
    SafetensorsWriter.write(part, tensors, plan.dtype());
    String sha256 = Digests.ofFile(part);
    publish(part, file);
    return new CaptureJournal.Entry(sha256, norms, squares);
  }

  private double square(Matrix matrix, int row, Path file, HookPoint point)
      throws CaptureException {
    float most = plan.dtype() == Dtype.F16 ? LARGEST_HALF : Float.MAX_VALUE;
    double sum = 0;
    for (int c = 0; c < matrix.cols(); c++) {
      float value = matrix.at(row, c);
      if (!(Math.abs(value) <= most)) {
        throw new CaptureException(
            file,
            "%s, row %d".formatted(point.path(), row),
            "a number that fits " + plan.dtype(),
            Float.toString(value));
      }
      sum += (double) value * value;
    }
    return sum;
  }

  private CaptureManifest manifest(Size size, List<CaptureJournal.Entry> entries) {
    double[] norms = new double[points.size()];
    double[] squares = new double[points.size()];
    List<Shard> shards = new ArrayList<>();
    long left = size.rows();
    for (CaptureJournal.Entry entry : entries) {
      for (int p = 0; p < norms.length; p++) {
        norms[p] += entry.norms()[p];
        squares[p] += entry.squares()[p];
      }
      int rows = (int) Math.min(left, plan.rowsPerShard());
      shards.add(new Shard(ManifestText.shardName(shards.size()), rows, entry.sha256()));
      left -= rows;
    }
    List<Point> described = new ArrayList<>();
    for (int p = 0; p < norms.length; p++) {
      HookPoint point = points.get(p);
      double mean = norms[p] / size.rows();
      described.add(new Point(point, width(point), mean, Math.sqrt(squares[p] / size.rows())));
    }
    return new CaptureManifest(
        source, described, plan.dtype(), plan.rowsPerShard(), size.rows(), shards);
  }

  private static void writeManifest(Path folder, CaptureManifest manifest) throws IOException {
    Path part = folder.resolve(ManifestText.NAME + ".part");
    Files.writeString(part, ManifestText.write(manifest));
    publish(part, folder.resolve(ManifestText.NAME));
  }

  private static void publish(Path part, Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
