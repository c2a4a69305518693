package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.TileKernels.KC;
import static ai.hartonomous.tensor.TileKernels.MC;
import static ai.hartonomous.tensor.TileKernels.MR;
import static ai.hartonomous.tensor.TileKernels.NC;
import static ai.hartonomous.tensor.TileKernels.NR;
import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/// Finds the largest latents of some rows while the encoder's product is formed: each finished tile
/// (latents by tokens) is compared with the running threshold of its tokens and never written
/// elsewhere. A token keeps up to `4 k` candidates; when they are full, the `k` largest stay and
/// the least of them becomes its threshold. Latents come in rising order, so a later equal one is
/// rightly refused. One instance belongs to one thread.
final class FusedTopK {

  /// Widest input whose tiles fit the packed blocks in one piece.
  static final int MAX_WIDTH = MC * KC / MR;

  private static final int LEAST_CAPACITY = 32;

  private final TileKernels tile;
  private @Nullable FusedTopK again;
  private int k;
  private int capacity;
  private float[] thresholds = {};
  private int[] counts = {};
  private float[] values = {};
  private int[] latents = {};
  private float[] scratch = {};

  FusedTopK(TileKernels tile) {
    this.tile = tile;
  }

  /// Searches all rows, and those that end short because the guess was too high once more.
  void search(Matrix x, Matrix encoder, float[] bias, int wanted, float guess) {
    reset(x.rows(), wanted, guess);
    blocks(x, encoder, bias);
    int missing = 0;
    for (int r = 0; r < x.rows(); r++) {
      if (counts[r] > k) {
        compact(r);
      }
      missing += counts[r] < k ? 1 : 0;
    }
    if (missing > 0 && guess > 0) {
      redo(x, encoder, bias, missing);
    }
  }

  private void redo(Matrix x, Matrix encoder, float[] bias, int missing) {
    int[] rows = new int[missing];
    Matrix some = Matrix.zeros(missing, x.cols());
    for (int r = 0, n = 0; r < x.rows(); r++) {
      if (counts[r] < k) {
        x.readRow(r, some.data(), some.rowOffset(n));
        rows[n++] = r;
      }
    }
    FusedTopK other = again == null ? new FusedTopK(tile) : again;
    again = other;
    other.search(some, encoder, bias, k, 0);
    for (int n = 0; n < missing; n++) {
      int count = other.counts[n];
      counts[rows[n]] = count;
      System.arraycopy(other.values, n * capacity, values, rows[n] * capacity, count);
      System.arraycopy(other.latents, n * capacity, latents, rows[n] * capacity, count);
    }
  }

  private void reset(int rows, int wanted, float guess) {
    k = wanted;
    capacity = Math.max(LEAST_CAPACITY, Math.multiplyExact(4, k));
    int padded = Math.ceilDiv(rows, NR) * NR;
    if (thresholds.length < padded || values.length < Math.multiplyExact(rows, capacity)) {
      thresholds = new float[padded];
      counts = new int[padded];
      values = new float[rows * capacity];
      latents = new int[rows * capacity];
    }
    scratch = scratch.length == capacity ? scratch : new float[capacity];
    Arrays.fill(counts, 0);
    Arrays.fill(thresholds, 0, rows, guess);
    Arrays.fill(thresholds, rows, thresholds.length, Float.POSITIVE_INFINITY);
  }

  private void blocks(Matrix x, Matrix encoder, float[] bias) {
    int depth = x.cols();
    int across = Math.min(NC, NC * KC / depth / NR * NR);
    int down = Math.min(MC, MC * KC / depth / MR * MR);
    for (int j = 0; j < x.rows(); j += across) {
      int n = Math.min(across, x.rows() - j);
      Panels.packB(x.transposed(), 0, depth, j, n, tile.packedB);
      for (int i = 0; i < encoder.rows(); i += down) {
        int m = Math.min(down, encoder.rows() - i);
        Panels.packA(encoder, i, m, 0, depth, tile.packedA);
        for (int jr = 0; jr < n; jr += NR) {
          for (int ir = 0; ir < m; ir += MR) {
            tile.packed(ir * depth, jr * depth, depth);
            scan(bias, i + ir, Math.min(MR, m - ir), j + jr);
          }
        }
      }
    }
  }

  /// Looks for candidates in a tile of `m` latents from `latent`, and tokens from `token`.
  private void scan(float[] bias, int latent, int m, int token) {
    FloatVector left = load(thresholds, token);
    FloatVector right = load(thresholds, token + LANES);
    for (int i = 0; i < m; i++) {
      FloatVector shift = broadcast(bias[latent + i]);
      FloatVector a = load(tile.tile, i * NR).add(shift);
      FloatVector b = load(tile.tile, i * NR + LANES).add(shift);
      long hits = a.compare(VectorOperators.GT, left).toLong();
      hits |= b.compare(VectorOperators.GT, right).toLong() << LANES;
      if (hits != 0) {
        push(hits, i * NR, bias[latent + i], latent + i, token);
        left = load(thresholds, token);
        right = load(thresholds, token + LANES);
      }
    }
  }

  private void push(long hits, int at, float shift, int latent, int token) {
    for (long rest = hits; rest != 0; rest &= rest - 1) {
      int lane = Long.numberOfTrailingZeros(rest);
      int row = token + lane;
      int to = row * capacity + counts[row];
      values[to] = tile.tile[at + lane] + shift;
      latents[to] = latent;
      counts[row]++;
      if (counts[row] == capacity) {
        compact(row);
      }
    }
  }

  /// Keeps the `k` largest candidates of a row, of equals the first, in their order.
  private void compact(int row) {
    int from = row * capacity;
    int count = counts[row];
    System.arraycopy(values, from, scratch, 0, count);
    float least = kthLargest(scratch, count, k);
    int equals = k;
    for (int i = from; i < from + count; i++) {
      equals -= values[i] > least ? 1 : 0;
    }
    int to = from;
    for (int i = from; i < from + count; i++) {
      if (values[i] > least || (values[i] == least && equals-- > 0)) {
        values[to] = values[i];
        latents[to++] = latents[i];
      }
    }
    counts[row] = to - from;
    thresholds[row] = least;
  }

  /// {@return the `k`-th largest of the first `count` numbers, whose order is lost}. Source: Hoare,
  /// "Algorithm 65: Find", Communications of the ACM 4(7), 1961.
  static float kthLargest(float[] numbers, int count, int k) {
    int low = 0;
    int high = count - 1;
    while (low < high) {
      float pivot = numbers[(low + high) >>> 1];
      int i = low;
      int j = high;
      while (i <= j) {
        while (numbers[i] > pivot) {
          i++;
        }
        while (numbers[j] < pivot) {
          j--;
        }
        if (i <= j) {
          float swapped = numbers[i];
          numbers[i++] = numbers[j];
          numbers[j--] = swapped;
        }
      }
      if (k - 1 <= j) {
        high = j;
      } else if (k - 1 >= i) {
        low = i;
      } else {
        break;
      }
    }
    return numbers[k - 1];
  }

  /// Appends what was found for the first `rows` rows.
  ///
  /// @param out receives the latents
  /// @param least receives the least number found in each row, 0 where there are fewer than `k`
  /// @param at place of the first row's in `least`
  void append(int rows, SparseRows out, float[] least, int at) {
    for (int r = 0; r < rows; r++) {
      float smallest = Float.POSITIVE_INFINITY;
      for (int i = r * capacity; i < r * capacity + counts[r]; i++) {
        out.add(latents[i], values[i]);
        smallest = Math.min(smallest, values[i]);
      }
      out.endRow();
      least[at + r] = counts[r] < k ? 0 : smallest;
    }
  }
}
