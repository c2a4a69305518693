package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;

/// The terms of an {@link Objective} that read logits. Where only the source's best tokens are
/// kept, the divergence compares the distributions over those, both made to sum to one.
final class DistillationLoss {
  private final Kernels kernels;
  private final TeacherLogits teacher;
  private final Objective objective;
  private final Divergences divergences;
  private float[] teacherRows = {};
  private float[] studentRows = {};
  private float[] labelRows = {};
  private int[] tokens = {};

  DistillationLoss(Kernels kernels, TeacherLogits teacher, Objective objective) {
    this.kernels = kernels;
    this.teacher = teacher;
    this.objective = objective;
    this.divergences = new Divergences(kernels, objective.divergence(), objective.temperature());
  }

  /// Turns logits into the gradient of the loss.
  ///
  /// @param batch what the student read
  /// @param logits the student's logits `[B T, V]`; overwritten with the gradient
  /// @return the loss in nats
  double gradient(ExampleBatch batch, Matrix logits) {
    int[] rows = answerRows(batch);
    int width = teacher.width();
    reserve(rows.length, logits.cols());
    int row = 0;
    for (int example : batch.examples()) {
      row = teacher.read(example, teacherRows, tokens, row);
    }
    double labels = labels(batch, rows, logits);
    for (int i = 0; i < rows.length; i++) {
      int from = logits.rowOffset(rows[i]);
      for (int k = 0; k < width; k++) {
        studentRows[i * width + k] = logits.data()[from + tokens[i * width + k]];
      }
    }
    double divergence =
        divergences.gradient(
            Matrix.of(teacherRows, rows.length, width), Matrix.of(studentRows, rows.length, width));
    write(rows, logits);
    return divergence + labels;
  }

  /// The label term; `labelRows` receives its gradient.
  private double labels(ExampleBatch batch, int[] rows, Matrix logits) {
    int outputs = logits.cols();
    if (objective.labelWeight() == 0) {
      Arrays.fill(labelRows, 0, rows.length * outputs, 0f);
      return 0;
    }
    int[] targets = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(logits.data(), logits.rowOffset(rows[i]), labelRows, i * outputs, outputs);
      targets[i] = batch.targets()[rows[i]];
    }
    Matrix student = Matrix.of(labelRows, rows.length, outputs);
    float[] losses = new float[rows.length];
    kernels.crossEntropy(student, targets, losses);
    kernels.crossEntropyBackward(student, targets, objective.labelWeight() / rows.length, student);
    double sum = 0;
    for (float loss : losses) {
      sum += loss;
    }
    return objective.labelWeight() * sum / rows.length;
  }

  /// Overwrites the logits with the sum of both gradients.
  private void write(int[] rows, Matrix logits) {
    int outputs = logits.cols();
    int width = teacher.width();
    Arrays.fill(logits.data(), logits.offset(), logits.rowOffset(logits.rows()), 0f);
    for (int i = 0; i < rows.length; i++) {
      int to = logits.rowOffset(rows[i]);
      System.arraycopy(labelRows, i * outputs, logits.data(), to, outputs);
      for (int k = 0; k < width; k++) {
        logits.data()[to + tokens[i * width + k]] += studentRows[i * width + k];
      }
    }
  }

  /// {@return the rows of a batch that ask for a token}
  static int[] answerRows(ExampleBatch batch) {
    int[] rows = new int[batch.targets().length];
    int count = 0;
    for (int r = 0; r < rows.length; r++) {
      if (batch.targets()[r] >= 0) {
        rows[count++] = r;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  private void reserve(int rows, int outputs) {
    if (labelRows.length < rows * outputs) {
      labelRows = new float[rows * outputs];
    }
    if (tokens.length < rows * teacher.width()) {
      teacherRows = new float[rows * teacher.width()];
      studentRows = new float[teacherRows.length];
      tokens = new int[teacherRows.length];
    }
  }
}
