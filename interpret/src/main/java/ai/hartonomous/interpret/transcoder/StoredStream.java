package ai.hartonomous.interpret.transcoder;

import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A stream over rows in memory. Every epoch goes through all rows in a new order; rows that do not
/// fill the last batch of an epoch are left out of it.
public final class StoredStream implements ActivationStream {

  private final List<HookPair> pairs;
  private final Batch all;
  private final int rows;
  private final long seed;
  private final String name;
  private final Batch buffer;
  private int[] order = {};
  private long orderOf = -1;

  /// Makes a stream. Nothing is copied.
  ///
  /// @param pairs names of the pairs
  /// @param all every row of every pair
  /// @param rows rows of a batch, at least 1, at most all
  /// @param seed of the order; 0 keeps the given one in every epoch
  /// @param name what the rows are, for {@link #identity}
  /// @throws IllegalArgumentException if the lists differ in length or the rows in number
  public StoredStream(List<HookPair> pairs, Batch all, int rows, long seed, String name) {
    this.pairs = List.copyOf(pairs);
    this.all = all;
    this.rows = rows;
    this.seed = seed;
    this.name = name;
    if (pairs.isEmpty() || all.x().size() != pairs.size() || all.y().size() != pairs.size()) {
      throw new IllegalArgumentException(
          "%d pairs with %d inputs and %d targets"
              .formatted(pairs.size(), all.x().size(), all.y().size()));
    }
    for (int i = 0; i < pairs.size(); i++) {
      int found = all.y().get(i).rows();
      if (all.x().get(i).rows() != count() || found != count() || rows < 1 || rows > count()) {
        throw new IllegalArgumentException(
            "pair %d has %d inputs and %d targets, pair 0 has %d; batches of %d"
                .formatted(i, all.x().get(i).rows(), found, count(), rows));
      }
    }
    buffer = buffers();
  }

  private int count() {
    return all.x().getFirst().rows();
  }

  private Batch buffers() {
    List<Matrix> x = new ArrayList<>();
    List<Matrix> y = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      Matrix in = Matrix.zeros(rows, all.x().get(i).cols());
      x.add(in);
      y.add(pairs.get(i).isAutoencoder() ? in : Matrix.zeros(rows, all.y().get(i).cols()));
    }
    return new Batch(x, y);
  }

  @Override
  public List<HookPair> pairs() {
    return pairs;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public String identity() {
    return "%s, %d rows in batches of %d, order %d".formatted(name, count(), rows, seed);
  }

  @Override
  public Batch read(long step) {
    int perEpoch = count() / rows;
    arrange(step / perEpoch);
    int from = (int) (step % perEpoch) * rows;
    for (int i = 0; i < pairs.size(); i++) {
      copy(all.x().get(i), from, buffer.x().get(i));
      if (!pairs.get(i).isAutoencoder()) {
        copy(all.y().get(i), from, buffer.y().get(i));
      }
    }
    return buffer;
  }

  private void copy(Matrix in, int from, Matrix out) {
    for (int r = 0; r < rows; r++) {
      in.readRow(order[from + r], out.data(), out.rowOffset(r));
    }
  }

  private void arrange(long epoch) {
    if (epoch == orderOf) {
      return;
    }
    orderOf = epoch;
    order = new int[count()];
    // Two streams of one seed must differ between epochs: the second number is mixed, not added.
    var random = new SplittableRandom(new SplittableRandom(seed).nextLong() ^ epoch);
    for (int i = 0; i < order.length; i++) {
      int j = seed == 0 ? i : random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
  }

  @Override
  public void close() {}
}
