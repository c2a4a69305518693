package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;

/// What healing minimises, a mean over the answer tokens of a batch:
///
/// ```
/// T² KL(softmax(z_source / T) ‖ softmax(z / T)) + labelWeight · cross-entropy(answer)
/// ```
///
/// Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015,
/// arXiv:1503.02531, section 2. The divergence is summed over the vocabulary and averaged over
/// tokens, not over both.
final class DistillationLoss {
  private final Kernels kernels;
  private final TeacherLogits teacher;
  private final HealingPlan plan;
  private float[] teacherRows = {};
  private float[] studentRows = {};
  private float[] labelRows = {};

  DistillationLoss(Kernels kernels, TeacherLogits teacher, HealingPlan plan) {
    this.kernels = kernels;
    this.teacher = teacher;
    this.plan = plan;
  }

  /// Turns logits into the gradient of the loss.
  ///
  /// @param batch what the student read
  /// @param logits the student's logits `[B T, V]`; overwritten with the gradient
  /// @return the loss in nats
  double gradient(ExampleBatch batch, Matrix logits) {
    int[] rows = answerRows(batch);
    int outputs = teacher.outputs();
    reserve(rows.length * outputs);
    int end = 0;
    for (int example : batch.examples()) {
      end = teacher.read(example, teacherRows, end);
    }
    int[] targets = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(logits.data(), logits.rowOffset(rows[i]), studentRows, i * outputs, outputs);
      targets[i] = batch.targets()[rows[i]];
    }
    Matrix source = Matrix.of(teacherRows, rows.length, outputs);
    Matrix student = Matrix.of(studentRows, rows.length, outputs);
    double loss = differentiate(source, student, targets);
    Arrays.fill(logits.data(), logits.offset(), logits.rowOffset(logits.rows()), 0f);
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(studentRows, i * outputs, logits.data(), logits.rowOffset(rows[i]), outputs);
    }
    return loss;
  }

  /// Overwrites `student` with the gradient for it.
  private double differentiate(Matrix source, Matrix student, int[] targets) {
    int rows = student.rows();
    float[] divergences = new float[rows];
    float[] crossEntropies = new float[rows];
    float[] scales = new float[rows];
    Arrays.fill(scales, 1f / rows);
    kernels.divergence(source, student, plan.temperature(), divergences);
    if (plan.labelWeight() > 0) {
      kernels.crossEntropy(student, targets, crossEntropies);
      Matrix labels = Matrix.of(labelRows, rows, student.cols());
      kernels.crossEntropyBackward(student, targets, plan.labelWeight() / rows, labels);
    }
    kernels.divergenceBackward(source, student, plan.temperature(), scales, student);
    if (plan.labelWeight() > 0) {
      kernels.add(studentRows, labelRows, studentRows, rows * student.cols());
    }
    double loss = 0;
    for (int r = 0; r < rows; r++) {
      loss += divergences[r] + plan.labelWeight() * crossEntropies[r];
    }
    return loss / rows;
  }

  private static int[] answerRows(ExampleBatch batch) {
    int[] rows = new int[batch.targets().length];
    int count = 0;
    for (int r = 0; r < rows.length; r++) {
      if (batch.targets()[r] >= 0) {
        rows[count++] = r;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  private void reserve(int size) {
    if (teacherRows.length < size) {
      teacherRows = new float[size];
      studentRows = new float[size];
      labelRows = new float[size];
    }
  }
}
