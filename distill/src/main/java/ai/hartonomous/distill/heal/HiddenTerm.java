package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.heal.Objective.Distance;
import ai.hartonomous.distill.heal.Objective.Hidden;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.tensor.Matrix;

/// The term of an {@link Objective} on the residual streams after every layer.
final class HiddenTerm implements InnerTerm {
  private final Hidden hidden;
  private final int width;
  private final float[][] states;
  private int[] rows = {};
  private double loss;

  /// Prepares the term.
  ///
  /// @throws IllegalArgumentException if student and source differ in width or number of layers
  HiddenTerm(ModelConfig source, ModelConfig student, Hidden hidden) {
    this.hidden = hidden;
    this.width = source.width();
    this.states = new float[source.layers().size()][];
    if (student.width() != width || student.layers().size() != states.length) {
      throw new IllegalArgumentException(
          "residual streams of %d layers of width %d cannot be compared with %d of %d"
              .formatted(student.layers().size(), student.width(), states.length, width));
    }
  }

  @Override
  public void begin(int[] answers) {
    rows = answers;
    loss = 0;
  }

  @Override
  public void keep(HookPoint point, Matrix values) {
    if (point.site() != Site.RESIDUAL_AFTER) {
      return;
    }
    float[] state = new float[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(values.data(), values.rowOffset(rows[i]), state, i * width, width);
    }
    states[point.layer()] = state;
  }

  /// Compares the student's residual stream; the gradient takes the place of the source's.
  @Override
  public void compare(HookPoint point, Matrix values) {
    if (point.site() != Site.RESIDUAL_AFTER) {
      return;
    }
    double scale = hidden.weight() / ((double) rows.length * states.length);
    for (int i = 0; i < rows.length; i++) {
      float[] state = states[point.layer()];
      int from = values.rowOffset(rows[i]);
      loss +=
          hidden.distance() == Distance.MEAN_SQUARE
              ? meanSquare(values.data(), from, state, i * width, scale)
              : cosine(values.data(), from, state, i * width, scale);
    }
  }

  private double meanSquare(float[] student, int from, float[] state, int at, double scale) {
    double sum = 0;
    for (int d = 0; d < width; d++) {
      double difference = (double) student[from + d] - state[at + d];
      sum += difference * difference;
      state[at + d] = (float) (2 * scale * difference / width);
    }
    return scale * sum / width;
  }

  /// `d(1 - cos)/ds = (cos s / |s| - h / |h|) / |s|`; a row of zeros has cosine 0 and no gradient.
  private double cosine(float[] student, int from, float[] state, int at, double scale) {
    double dot = 0;
    double ss = 0;
    double hh = 0;
    for (int d = 0; d < width; d++) {
      double s = student[from + d];
      double h = state[at + d];
      dot += s * h;
      ss += s * s;
      hh += h * h;
    }
    double norms = Math.sqrt(ss * hh);
    for (int d = 0; d < width; d++) {
      double slope = norms == 0 ? 0 : dot / norms * student[from + d] / ss - state[at + d] / norms;
      state[at + d] = (float) (scale * slope);
    }
    return scale * (1 - (norms == 0 ? 0 : dot / norms));
  }

  @Override
  public void add(HookPoint point, Matrix gradient) {
    if (point.site() != Site.RESIDUAL_AFTER) {
      return;
    }
    float[] slopes = states[point.layer()];
    for (int i = 0; i < rows.length; i++) {
      int to = gradient.rowOffset(rows[i]);
      for (int d = 0; d < width; d++) {
        gradient.data()[to + d] += slopes[i * width + d];
      }
    }
  }

  @Override
  public double loss() {
    return loss;
  }
}
