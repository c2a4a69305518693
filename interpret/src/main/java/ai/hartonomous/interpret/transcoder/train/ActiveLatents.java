package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.tensor.CoderState.Rows;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.SparseRows;
import ai.hartonomous.tensor.TopKSearch;
import java.util.Arrays;

/// Finds the active latents of a batch during training. TopK is found while the encoder's product
/// is formed; the other kinds form the pre-activations of some rows at a time.
final class ActiveLatents {
  private static final int ROWS_AT_ONCE = 128;

  /// How far below the last threshold of a batch the next one begins to look.
  private static final float MARGIN = 0.8f;

  /// What was found. Of JumpReLU also latents within half a bandwidth below their threshold, with
  /// value 0, since they give it a gradient.
  final SparseRows entries = new SparseRows();

  /// Pre-activation of each entry; filled by JumpReLU only.
  final SparseRows preActivations = new SparseRows();

  private final CoderVariables variables;
  private final Sparsity sparsity;
  private final SparseRows candidates = new SparseRows();
  private TopKSearch search = new TopKSearch(1);
  private Matrix buffer = Matrix.zeros(0, 0);
  private float guess;

  /// Least latent that the last BatchTopK kept.
  private float least;

  ActiveLatents(CoderVariables variables, Sparsity sparsity) {
    this.variables = variables;
    this.sparsity = sparsity;
  }

  float least() {
    return least;
  }

  /// Finds them as training does.
  ///
  /// @param x input rows `[R, D_in]`
  /// @param k number of active latents of a token at this step; read where it is fixed
  void find(Matrix x, int k, Tools tools) {
    switch (sparsity) {
      case Sparsity.TopK _ -> {
        search = search.k() == k ? search : new TopKSearch(k);
        Rows weights = variables.weights();
        tools.coders().topK(x, weights.encoder(), weights.bias(), search, entries);
      }
      case Sparsity.BatchTopK _ -> batchTopK(x, Math.multiplyExact(k, x.rows()), tools);
      case Sparsity.JumpRelu jump -> jump(x, jump.bandwidth() / 2, tools);
      case Sparsity.L1 _ -> above(x, 0, entries, tools);
    }
  }

  /// Finds what lies above one threshold.
  void above(Matrix x, float floor, SparseRows out, Tools tools) {
    out.clear();
    for (int from = 0; from < x.rows(); from += ROWS_AT_ONCE) {
      Matrix z = preActivations(x.rows(from, Math.min(x.rows(), from + ROWS_AT_ONCE)), tools);
      float[] numbers = z.data();
      for (int r = 0; r < z.rows(); r++) {
        int at = z.rowOffset(r);
        for (int i = 0; i < z.cols(); i++) {
          if (numbers[at + i] > floor) {
            out.add(i, numbers[at + i]);
          }
        }
        out.endRow();
      }
    }
  }

  private Matrix preActivations(Matrix x, Tools tools) {
    Rows weights = variables.weights();
    if (buffer.rows() < x.rows()) {
      buffer = Matrix.zeros(Math.max(x.rows(), ROWS_AT_ONCE), weights.bias().length);
    }
    Matrix z = buffer.rows(0, x.rows());
    tools.kernels().project(x, weights.encoder(), weights.bias(), z);
    return z;
  }

  private void batchTopK(Matrix x, int wanted, Tools tools) {
    above(x, guess, candidates, tools);
    if (candidates.size() < wanted && guess > 0) {
      above(x, 0, candidates, tools);
    }
    float[] sorted = Arrays.copyOf(candidates.values(), candidates.size());
    Arrays.sort(sorted);
    boolean full = sorted.length >= wanted;
    float floor = full ? sorted[sorted.length - wanted] : 0;
    int equals = wanted - sorted.length + upperBound(sorted, floor);
    entries.clear();
    for (int r = 0; r < candidates.rows(); r++) {
      for (int e = candidates.starts()[r]; e < candidates.starts()[r + 1]; e++) {
        float value = candidates.values()[e];
        if (value > floor || (value == floor && equals-- > 0)) {
          entries.add(candidates.columns()[e], value);
        }
      }
      entries.endRow();
    }
    least = floor;
    guess = MARGIN * floor;
  }

  /// {@return how many of the sorted numbers are at most `bound`}
  private static int upperBound(float[] sorted, float bound) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= bound) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void jump(Matrix x, float reach, Tools tools) {
    float[] thresholds = thresholds();
    entries.clear();
    preActivations.clear();
    for (int from = 0; from < x.rows(); from += ROWS_AT_ONCE) {
      Matrix z = preActivations(x.rows(from, Math.min(x.rows(), from + ROWS_AT_ONCE)), tools);
      for (int r = 0; r < z.rows(); r++) {
        for (int i = 0; i < z.cols(); i++) {
          float value = z.at(r, i);
          if (value > 0 && value > thresholds[i] - reach) {
            entries.add(i, value > thresholds[i] ? value : 0);
            preActivations.add(i, value);
          }
        }
        entries.endRow();
        preActivations.endRow();
      }
    }
  }

  float[] thresholds() {
    float[] thresholds = new float[variables.logThresholds.weights.length];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = variables.threshold(i);
    }
    return thresholds;
  }
}
