package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.TileKernels.NR;
import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.first;
import static ai.hartonomous.tensor.VectorMath.load;

import ai.hartonomous.tensor.Gemm.Mode;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// Writes finished tiles to a row-major result.
///
/// @param c result
/// @param mode whether tiles are added
/// @param bias added to each row as well, or empty
record Store(Matrix c, Mode mode, float[] bias) {

  /// Writes `m x n` numbers of a tile to row `row`, column `column`.
  void tile(float[] tile, int row, int m, int column, int n) {
    int at = c.rowOffset(row) + column;
    if (n < NR) {
      narrow(tile, at, m, column, n);
    } else if (mode == Mode.ADD) {
      add(tile, at, m);
    } else if (bias.length == 0) {
      set(tile, at, m);
    } else {
      setWithBias(tile, at, m, column);
    }
  }

  private void set(float[] tile, int at, int m) {
    float[] out = c.data();
    int stride = c.rowStride();
    for (int i = 0; i < m; i++) {
      load(tile, i * NR).intoArray(out, at + i * stride);
      load(tile, i * NR + LANES).intoArray(out, at + i * stride + LANES);
    }
  }

  private void add(float[] tile, int at, int m) {
    float[] out = c.data();
    int stride = c.rowStride();
    for (int i = 0; i < m; i++) {
      int to = at + i * stride;
      load(tile, i * NR).add(load(out, to)).intoArray(out, to);
      load(tile, i * NR + LANES).add(load(out, to + LANES)).intoArray(out, to + LANES);
    }
  }

  private void setWithBias(float[] tile, int at, int m, int column) {
    float[] out = c.data();
    int stride = c.rowStride();
    FloatVector left = load(bias, column);
    FloatVector right = load(bias, column + LANES);
    for (int i = 0; i < m; i++) {
      load(tile, i * NR).add(left).intoArray(out, at + i * stride);
      load(tile, i * NR + LANES).add(right).intoArray(out, at + i * stride + LANES);
    }
  }

  private void narrow(float[] tile, int at, int m, int column, int n) {
    for (int j = 0; j < n; j += LANES) {
      VectorMask<Float> mask = first(n - j);
      FloatVector shift = bias.length == 0 ? VectorMath.zero() : load(bias, column + j, mask);
      for (int i = 0; i < m; i++) {
        int to = at + i * c.rowStride() + j;
        FloatVector value = load(tile, i * NR + j).add(shift);
        FloatVector sum = mode == Mode.ADD ? value.add(load(c.data(), to, mask)) : value;
        sum.intoArray(c.data(), to, mask);
      }
    }
  }
}
