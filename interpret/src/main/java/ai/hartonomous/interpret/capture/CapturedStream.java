package ai.hartonomous.interpret.capture;

import ai.hartonomous.interpret.transcoder.ActivationStream;
import ai.hartonomous.interpret.transcoder.HookPair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Batches of stored values, shuffled in bounded memory. In every epoch the shards are taken in a
/// new order, {@link Settings#shardsTogether} at a time; their rows are shuffled together. Only the
/// order of those rows is held in memory, 4 bytes a row; the numbers stay in the mapped files.
///
/// Batch `n` follows from the files, the settings and `n` alone. Rows that do not fill the last
/// batch of an epoch are left out of it.
public final class CapturedStream implements ActivationStream {
  private final ShardReader shards;
  private final List<HookPair> pairs;
  private final Settings settings;
  private final BatchBuffer buffer;
  private long epochOf = -1;
  private int[] shardOrder = {};
  private int windowOf = -1;
  private long windowFrom;
  private int[] order = {};

  /// Sizes and order.
  ///
  /// @param rows `R`, rows of a batch, at least 1
  /// @param shardsTogether shards whose rows are shuffled together, at least 1
  /// @param seed of the order; 0 keeps that of the files
  public record Settings(int rows, int shardsTogether, long seed) {
    /// Checks the extents.
    ///
    /// @throws IllegalArgumentException if one is below 1
    public Settings {
      if (rows < 1 || shardsTogether < 1) {
        throw new IllegalArgumentException(
            "batches of %d rows from %d shards".formatted(rows, shardsTogether));
      }
    }
  }

  /// Opens a folder of stored values; the caller closes the stream.
  ///
  /// @param folder what {@link Capture} wrote
  /// @param pairs what is wanted, at least one pair
  /// @param settings sizes and order
  /// @throws CaptureException if the manifest is damaged, or the folder has fewer rows than a batch
  /// @throws IllegalArgumentException if a hook point is not stored
  /// @throws IOException if the folder cannot be read
  public CapturedStream(Path folder, List<HookPair> pairs, Settings settings) throws IOException {
    shards = new ShardReader(folder);
    this.pairs = List.copyOf(pairs);
    this.settings = settings;
    CaptureManifest manifest = shards.manifest();
    buffer = new BatchBuffer(pairs, settings.rows(), p -> manifest.point(p).width());
    if (manifest.rows() < settings.rows()) {
      throw new CaptureException(
          folder.resolve(ManifestText.NAME),
          "rows",
          "at least " + settings.rows(),
          "" + manifest.rows());
    }
    long together = (long) settings.shardsTogether() * manifest.rowsPerShard();
    if (Math.min(together, manifest.rows()) > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("%d rows shuffled together".formatted(together));
    }
  }

  /// {@return what the folder holds}
  public CaptureManifest manifest() {
    return shards.manifest();
  }

  @Override
  public List<HookPair> pairs() {
    return pairs;
  }

  @Override
  public int rows() {
    return settings.rows();
  }

  @Override
  public String identity() {
    CaptureManifest manifest = manifest();
    return "stored values %s, %s, %s"
        .formatted(
            Digests.ofText(ManifestText.write(manifest)), manifest.source().toString(), settings);
  }

  @Override
  public Batch read(long step) throws IOException {
    long perEpoch = manifest().rows() / rows();
    begin(step / perEpoch);
    long first = step % perEpoch * rows();
    for (int r = 0; r < rows(); r++) {
      read(first + r, r);
    }
    return buffer.batch();
  }

  private void begin(long epoch) {
    if (epoch != epochOf) {
      // No window has this number, so the order of shards differs from those of rows.
      shardOrder = Shuffle.order(manifest().shards().size(), settings.seed(), epoch, -1);
      epochOf = epoch;
      windowOf = -1;
    }
  }

  /// Copies the row at one place of the epoch's order.
  private void read(long place, int to) throws IOException {
    if (windowOf < 0 || place < windowFrom) {
      enter(0, 0);
    }
    while (place >= windowFrom + order.length) {
      enter(windowOf + 1, windowFrom + order.length);
    }
    int row = order[(int) (place - windowFrom)];
    int shard = windowOf * settings.shardsTogether();
    while (row >= rowsOf(shard)) {
      row -= rowsOf(shard);
      shard++;
    }
    for (var entry : buffer.values().entrySet()) {
      shards.read(shardOrder[shard], entry.getKey(), row, entry.getValue(), to);
    }
  }

  private int rowsOf(int place) {
    return manifest().shards().get(shardOrder[place]).rows();
  }

  private void enter(int window, long from) throws IOException {
    int first = window * settings.shardsTogether();
    int end = Math.min(shardOrder.length, first + settings.shardsTogether());
    int count = 0;
    for (int s = first; s < end; s++) {
      count += rowsOf(s);
    }
    order = Shuffle.order(count, settings.seed(), epochOf, window);
    windowOf = window;
    windowFrom = from;
    shards.keepOnly(Arrays.copyOfRange(shardOrder, first, end));
  }

  @Override
  public void close() {
    shards.close();
  }
}
