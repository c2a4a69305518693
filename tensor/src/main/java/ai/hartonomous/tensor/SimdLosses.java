package ai.hartonomous.tensor;

import java.util.Arrays;

/// Softmax, and losses made from it, divided among threads by rows.
///
/// @param ranges cuts rows among threads
record SimdLosses(Ranges ranges) {

  void softmax(Matrix rows) {
    Shapes.rowMajor("rows", rows);
    ranges.overRows(
        rows,
        Ranges.ALONE_EXPONENTIALS,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            LossKernels.softmax(rows.data(), rows.rowOffset(r), rows.cols(), 1);
          }
        });
  }

  void crossEntropy(Matrix logits, int[] targets, float[] losses) {
    Shapes.targets(targets, logits);
    Shapes.atLeast("losses", losses.length, logits.rows());
    ranges.overRows(
        logits,
        Ranges.ALONE_EXPONENTIALS,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            losses[r] = targets[r] < 0 ? 0 : LossKernels.crossEntropy(logits, r, targets[r]);
          }
        });
  }

  void crossEntropyBackward(Matrix logits, int[] targets, float scale, Matrix dLogits) {
    Shapes.targets(targets, logits);
    Shapes.same("dLogits", dLogits, logits);
    ranges.overRows(
        logits,
        Ranges.ALONE_EXPONENTIALS,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            int at = dLogits.rowOffset(r);
            if (targets[r] < 0) {
              Arrays.fill(dLogits.data(), at, at + dLogits.cols(), 0);
            } else {
              LossKernels.crossEntropyBackward(logits, r, targets[r], scale, dLogits);
            }
          }
        });
  }

  void divergence(Matrix teacher, Matrix student, float temperature, float[] losses) {
    Shapes.temperature(temperature);
    Shapes.same("student", student, teacher);
    Shapes.atLeast("losses", losses.length, teacher.rows());
    ranges.overRows(
        teacher,
        Ranges.ALONE_EXPONENTIALS,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            losses[r] = LossKernels.divergence(teacher, student, r, temperature);
          }
        });
  }

  void divergenceBackward(
      Matrix teacher, Matrix student, float temperature, float[] rowScale, Matrix dStudent) {
    Shapes.temperature(temperature);
    Shapes.same("student", student, teacher);
    Shapes.same("dStudent", dStudent, student);
    Shapes.atLeast("rowScale", rowScale.length, teacher.rows());
    ranges.overRows(
        teacher,
        Ranges.ALONE_EXPONENTIALS,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            LossKernels.divergenceBackward(teacher, student, r, temperature, rowScale[r], dStudent);
          }
        });
  }
}
