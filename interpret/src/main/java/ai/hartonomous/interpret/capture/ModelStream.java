package ai.hartonomous.interpret.capture;

import ai.hartonomous.interpret.transcoder.ActivationStream;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Values computed while they are wanted: the model reads the corpus, nothing is stored on disk.
///
/// The tokens that count are numbered through the corpus. Every {@link Settings#bufferRows} of them
/// in a row make a block, which is held in memory and shuffled; batches are cut from it in order.
/// The order follows from seed, epoch and block alone, so reading can begin at any step: what lies
/// before is read as text, but not run through the model. At the end of the corpus the next epoch
/// begins; rows that do not fill a batch are left out of it.
///
/// Memory: `bufferRows` rows of every hook point that some pair reads or writes, 4 bytes a number,
/// or as many as fit into 512 MiB (at least one batch).
public final class ModelStream implements ActivationStream {
  private static final long MOST_BUFFER_BYTES = 1L << 29;

  private final CorpusRows corpus;
  private final List<HookPair> pairs;
  private final Settings settings;
  private final String identity;
  private final int bufferRows;
  private final Map<HookPoint, Matrix> block = new HashMap<>();
  private final BatchBuffer buffer;
  private long blockNumber = -1;
  private int blockRows;
  private long orderEpoch = -1;
  private int[] order = {};

  /// Sizes and order.
  ///
  /// @param rows `R`, rows of a batch, at least 1
  /// @param bufferRows most rows that are shuffled together; rounded down to whole batches
  /// @param tokensPerPass tokens that pass through the model together; they decide speed, memory
  ///   and the last bits of the values
  /// @param seed of the order; 0 keeps that of the corpus
  public record Settings(int rows, int bufferRows, int tokensPerPass, long seed) {
    /// Rounds the buffer.
    ///
    /// @throws IllegalArgumentException if an extent is below 1, or the buffer holds no batch
    public Settings {
      if (rows < 1 || bufferRows < rows || tokensPerPass < 1) {
        throw new IllegalArgumentException(
            "batches of %d rows from a buffer of %d, %d tokens in a pass"
                .formatted(rows, bufferRows, tokensPerPass));
      }
      bufferRows -= bufferRows % rows;
    }

    /// {@return batches from a buffer of 65,536 rows, with 2,048 tokens in a pass}
    ///
    /// @param rows `R`, rows of a batch
    /// @param seed of the order
    public static Settings of(int rows, long seed) {
      return new Settings(rows, Math.max(rows, 1 << 16), 1 << 11, seed);
    }
  }

  /// Opens a stream.
  ///
  /// @param transformer the model; its kernels stay the caller's, who may use them between two
  ///   reads
  /// @param modelHash what tells the model from others, such as `Checkpoint.contentHash()`
  /// @param text what it reads
  /// @param pairs what is wanted, at least one pair
  /// @param settings sizes and order
  /// @throws IllegalArgumentException if the model has no such hook points
  /// @throws IOException if the corpus cannot be read
  public ModelStream(
      Transformer transformer,
      String modelHash,
      CorpusText text,
      List<HookPair> pairs,
      Settings settings)
      throws IOException {
    this.pairs = List.copyOf(pairs);
    this.settings = settings;
    ModelConfig config = transformer.config();
    List<HookPoint> points = BatchBuffer.points(pairs);
    buffer = new BatchBuffer(pairs, settings.rows(), p -> HookWidths.of(config, p));
    bufferRows = bounded(settings, points, config);
    for (HookPoint point : points) {
      block.put(point, Matrix.zeros(bufferRows, HookWidths.of(config, point)));
    }
    identity =
        "model %s, %s, %s, %d rows together, %s with %d threads"
            .formatted(
                modelHash,
                text.identity(),
                settings,
                bufferRows,
                transformer.kernels().getClass().getSimpleName(),
                transformer.kernels().threads());
    corpus = new CorpusRows(transformer, text, points, settings.tokensPerPass());
  }

  private static int bounded(Settings settings, List<HookPoint> points, ModelConfig config) {
    long rowBytes = points.stream().mapToLong(p -> 4L * HookWidths.of(config, p)).sum();
    long batches = MOST_BUFFER_BYTES / rowBytes / settings.rows();
    long most = Math.max(1, batches) * settings.rows();
    return (int) Math.min(settings.bufferRows(), most);
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
    return identity;
  }

  /// {@return tokens that the model has read so far}
  public long tokens() {
    return corpus.tokens();
  }

  /// Goes through the corpus without running the model.
  ///
  /// @return rows of one epoch: tokens that count
  /// @throws IOException if a file cannot be read
  public long countRows() throws IOException {
    return corpus.count();
  }

  @Override
  public Batch read(long step) throws IOException {
    if (step < 0) {
      throw new IllegalArgumentException("step " + step);
    }
    if (!find(step)) { // the corpus ends before: now its length is known
      find(step);
    }
    int from = (int) (batchOfEpoch(step) * rows() % bufferRows);
    buffer.values().forEach((point, to) -> copy(point, from, to));
    return buffer.batch();
  }

  private long batchesPerEpoch() throws IOException {
    long total = corpus.total();
    if (total >= 0 && total < rows()) {
      throw new IOException(
          "the corpus has %d tokens that count, one batch has %d".formatted(total, rows()));
    }
    return total < 0 ? Long.MAX_VALUE : total / rows();
  }

  private long batchOfEpoch(long step) throws IOException {
    return step % batchesPerEpoch();
  }

  /// Gets the block of a batch.
  ///
  /// @return whether the batch lies in it
  private boolean find(long step) throws IOException {
    long batch = batchOfEpoch(step);
    long number = batch * rows() / bufferRows;
    if (number != blockNumber) {
      long first = number * bufferRows;
      blockNumber = -1; // until it is whole
      blockRows = corpus.read(first, bufferRows, block);
      blockNumber = number;
      orderEpoch = -1;
    }
    boolean inside = (batch + 1) * rows() <= number * bufferRows + blockRows;
    long epoch = step / batchesPerEpoch();
    if (inside && epoch != orderEpoch) {
      order = Shuffle.order(blockRows, settings.seed(), epoch, number);
      orderEpoch = epoch;
    }
    return inside;
  }

  private void copy(HookPoint point, int from, Matrix to) {
    Matrix all = Objects.requireNonNull(block.get(point));
    for (int r = 0; r < to.rows(); r++) {
      all.readRow(order[from + r], to.data(), to.rowOffset(r));
    }
  }

  @Override
  public void close() {
    try {
      corpus.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a file that was only read
    }
  }
}
