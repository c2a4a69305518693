package ai.hartonomous.distill.importance;

import ai.hartonomous.tensor.Matrix;

/// The most likely token.
public final class GreedyChoice {

  private GreedyChoice() {}

  /// {@return the column with the largest logit of a row; the first of equal ones}
  ///
  /// @param logits `[R, V]`
  /// @param row number of the row
  public static int of(Matrix logits, int row) {
    int best = 0;
    int at = logits.rowOffset(row);
    for (int v = 1; v < logits.cols(); v++) {
      if (logits.data()[at + v] > logits.data()[at + best]) {
        best = v;
      }
    }
    return best;
  }
}
