package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.TileKernels.KC;
import static ai.hartonomous.tensor.TileKernels.MR;
import static ai.hartonomous.tensor.TileKernels.NC;
import static ai.hartonomous.tensor.TileKernels.NR;

import ai.hartonomous.tensor.Gemm.Mode;
import java.util.Arrays;

/// The products of one attention head, with masked parts left out. Letters as in {@link
/// AttentionShape}. One instance belongs to one thread.
final class AttentionKernels {

  private final TileKernels tile;

  AttentionKernels(TileKernels tile) {
    this.tile = tile;
  }

  /// `c = x yᵀ`, `[T, K] [S, K] -> [T, S]`. Tiles without a readable place are skipped; masked
  /// places of other tiles receive numbers that the caller must overwrite.
  void scores(AttentionShape shape, Matrix x, Matrix y, Matrix c) {
    Matrix turned = y.transposed();
    for (int s = 0; s < y.rows(); s += NC) {
      int nc = Math.min(NC, y.rows() - s);
      for (int k = 0; k < x.cols(); k += KC) {
        int kc = Math.min(KC, x.cols() - k);
        Panels.packB(turned, k, kc, s, nc, tile.packedB);
        Store store = new Store(c, k == 0 ? Mode.SET : Mode.ADD, Gemm.NONE);
        for (int jr = 0; jr < nc; jr += NR) {
          scoreTiles(shape, x.cols(k, k + kc), s, jr, nc, store);
        }
      }
    }
  }

  private void scoreTiles(AttentionShape shape, Matrix x, int s, int jr, int nc, Store store) {
    int n = Math.min(NR, nc - jr);
    for (int t = 0; t < x.rows(); t += MR) {
      int m = Math.min(MR, x.rows() - t);
      if (shape.firstKey(t) < s + jr + n && shape.endKey(t + m - 1) > s + jr) {
        tile.rows(x.data(), x.rowOffset(t), x.rowStride(), m - 1, jr * x.cols(), x.cols());
        store.tile(tile.tile, t, m, s + jr, n);
      }
    }
  }

  /// `c (+)= scale p y`, `[T, S] [S, K] -> [T, K]`; masked places of `p` count as zero.
  void weighted(AttentionShape shape, Matrix p, Matrix y, Matrix c, Mode mode, float scale) {
    for (int j = 0; j < y.cols(); j += NC) {
      int to = Math.min(y.cols(), j + NC);
      Matrix columns = y.cols(j, to);
      for (int s = 0; s < y.rows(); s += KC) {
        int sc = Math.min(KC, y.rows() - s);
        Panels.packB(columns, s, sc, 0, columns.cols(), tile.packedB);
        Store store = new Store(c.cols(j, to), s == 0 ? mode : Mode.ADD, Gemm.NONE);
        for (int t = 0; t < p.rows(); t += MR) {
          weightedTiles(shape, p, t, new Chunk(s, sc, scale), store);
        }
      }
    }
  }

  /// A packed part of the sum.
  ///
  /// @param from first term
  /// @param count number of terms
  /// @param scale factor of all terms
  private record Chunk(int from, int count, float scale) {}

  private void weightedTiles(AttentionShape shape, Matrix p, int t, Chunk chunk, Store store) {
    int m = Math.min(MR, p.rows() - t);
    int from = Math.max(chunk.from, shape.firstKey(t));
    int to = Math.min(chunk.from + chunk.count, shape.endKey(t + m - 1));
    int kc = Math.max(0, to - from);
    if (kc == 0 && store.mode() == Mode.ADD) {
      return;
    }
    float[] rows = tile.packedA;
    for (int i = 0; i < m; i++) {
      int first = Math.max(from, shape.firstKey(t + i));
      int end = Math.min(to, shape.endKey(t + i));
      Arrays.fill(rows, i * kc, (i + 1) * kc, 0);
      for (int s = first; s < end; s++) {
        rows[i * kc + s - from] = chunk.scale * p.data()[p.rowOffset(t + i) + s];
      }
    }
    int width = store.c().cols();
    for (int jr = 0; jr < width; jr += NR) {
      int b = jr * chunk.count + Math.max(0, from - chunk.from) * NR;
      tile.rows(rows, 0, kc, m - 1, b, kc);
      store.tile(tile.tile, t, m, jr, Math.min(NR, width - jr));
    }
  }

  /// `c += scale pᵀ x`, `[S, T] [T, K] -> [S, K]`; masked places of `p` count as zero.
  void weightedBack(AttentionShape shape, Matrix p, Matrix x, Matrix c, float scale) {
    for (int j = 0; j < x.cols(); j += NC) {
      int to = Math.min(x.cols(), j + NC);
      Matrix columns = x.cols(j, to);
      for (int t = 0; t < x.rows(); t += KC) {
        int tc = Math.min(KC, x.rows() - t);
        Panels.packB(columns, t, tc, 0, columns.cols(), tile.packedB);
        Store store = new Store(c.cols(j, to), Mode.ADD, Gemm.NONE);
        for (int s = 0; s < p.cols(); s += MR) {
          weightedBackTiles(shape, p, s, new Chunk(t, tc, scale), store);
        }
      }
    }
  }

  private void weightedBackTiles(AttentionShape shape, Matrix p, int s, Chunk chunk, Store store) {
    int m = Math.min(MR, p.cols() - s);
    int from = Math.max(chunk.from, firstQuery(shape, s));
    int to = Math.min(chunk.from + chunk.count, endQuery(shape, s + m - 1));
    if (from >= to) {
      return;
    }
    float[] packed = tile.packedA;
    for (int t = from; t < to; t++) {
      int at = (t - from) * MR;
      int row = p.rowOffset(t) + s;
      int first = shape.firstKey(t) - s;
      int end = shape.endKey(t) - s;
      for (int i = 0; i < m; i++) {
        packed[at + i] = i >= first && i < end ? chunk.scale * p.data()[row + i] : 0;
      }
    }
    int width = store.c().cols();
    for (int jr = 0; jr < width; jr += NR) {
      tile.packed(0, jr * chunk.count + (from - chunk.from) * NR, to - from);
      store.tile(tile.tile, s, m, jr, Math.min(NR, width - jr));
    }
  }

  /// {@return the first query that may read key `s`}
  private static int firstQuery(AttentionShape shape, int s) {
    return shape.mask().causal() ? Math.max(0, s - shape.keys() + shape.queries()) : 0;
  }

  /// {@return the query after the last that may read key `s`}
  private static int endQuery(AttentionShape shape, int s) {
    int window = shape.mask().window();
    int end = s - shape.keys() + shape.queries() + window;
    return window == 0 ? shape.queries() : Math.min(shape.queries(), end);
  }
}
