package ai.hartonomous.tensor;

/// Softmax and the losses made from it by plain loops, in double precision.
final class ReferenceLosses {

  private ReferenceLosses() {}

  static void softmax(Matrix rows) {
    Shapes.rowMajor("rows", rows);
    for (int r = 0; r < rows.rows(); r++) {
      double norm = logSumExp(rows, r, 1);
      for (int c = 0; c < rows.cols(); c++) {
        rows.data()[rows.rowOffset(r) + c] = (float) Math.exp(rows.at(r, c) - norm);
      }
    }
  }

  static void crossEntropy(Matrix logits, int[] targets, float[] losses) {
    Shapes.targets(targets, logits);
    Shapes.atLeast("losses", losses.length, logits.rows());
    for (int r = 0; r < logits.rows(); r++) {
      boolean counts = targets[r] >= 0;
      losses[r] = counts ? (float) (logSumExp(logits, r, 1) - logits.at(r, targets[r])) : 0;
    }
  }

  static void crossEntropyBackward(Matrix logits, int[] targets, float scale, Matrix dLogits) {
    Shapes.targets(targets, logits);
    Shapes.same("dLogits", dLogits, logits);
    for (int r = 0; r < logits.rows(); r++) {
      double norm = logSumExp(logits, r, 1);
      for (int c = 0; c < logits.cols(); c++) {
        double p = Math.exp(logits.at(r, c) - norm) - (c == targets[r] ? 1 : 0);
        dLogits.data()[dLogits.rowOffset(r) + c] = targets[r] < 0 ? 0 : (float) (scale * p);
      }
    }
  }

  static void divergence(Matrix teacher, Matrix student, float temperature, float[] losses) {
    Shapes.temperature(temperature);
    Shapes.same("student", student, teacher);
    Shapes.atLeast("losses", losses.length, teacher.rows());
    for (int r = 0; r < teacher.rows(); r++) {
      double teacherNorm = logSumExp(teacher, r, temperature);
      double studentNorm = logSumExp(student, r, temperature);
      double sum = 0;
      for (int c = 0; c < teacher.cols(); c++) {
        double logP = teacher.at(r, c) / (double) temperature - teacherNorm;
        double logQ = student.at(r, c) / (double) temperature - studentNorm;
        sum += Math.exp(logP) * (logP - logQ);
      }
      losses[r] = (float) (sum * temperature * temperature);
    }
  }

  static void divergenceBackward(
      Matrix teacher, Matrix student, float temperature, float[] rowScale, Matrix dStudent) {
    Shapes.temperature(temperature);
    Shapes.same("student", student, teacher);
    Shapes.same("dStudent", dStudent, student);
    Shapes.atLeast("rowScale", rowScale.length, teacher.rows());
    for (int r = 0; r < teacher.rows(); r++) {
      double teacherNorm = logSumExp(teacher, r, temperature);
      double studentNorm = logSumExp(student, r, temperature);
      for (int c = 0; c < teacher.cols(); c++) {
        double p = Math.exp(teacher.at(r, c) / (double) temperature - teacherNorm);
        double q = Math.exp(student.at(r, c) / (double) temperature - studentNorm);
        dStudent.data()[dStudent.rowOffset(r) + c] = (float) (rowScale[r] * temperature * (q - p));
      }
    }
  }

  /// {@return `log Σ exp(x / temperature)` of one row}
  private static double logSumExp(Matrix x, int row, float temperature) {
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < x.cols(); c++) {
      max = Math.max(max, x.at(row, c) / (double) temperature);
    }
    double sum = 0;
    for (int c = 0; c < x.cols(); c++) {
      sum += Math.exp(x.at(row, c) / (double) temperature - max);
    }
    return max + Math.log(sum);
  }
}
