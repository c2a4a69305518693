package ai.hartonomous.distill.importance;

import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;

/// First-order effects of the components at one place of one layer: remembers their outputs until
/// the gradients arrive.
final class SiteEffects {
  private final float[] mean;
  private final int width;
  private final int first;
  private float[] activations = {};

  /// Measures consecutive components.
  ///
  /// @param mean mean outputs, `[components, width]`
  /// @param width numbers of each component
  /// @param first number of the first component among those of the model
  SiteEffects(float[] mean, int width, int first) {
    this.mean = mean;
    this.width = width;
    this.first = first;
  }

  /// Copies outputs.
  ///
  /// @param values `[R, components width]`
  void remember(Matrix values) {
    int size = values.rows() * values.cols();
    if (activations.length < size) {
      activations = new float[size];
    }
    for (int r = 0; r < values.rows(); r++) {
      System.arraycopy(
          values.data(), values.rowOffset(r), activations, r * values.cols(), values.cols());
    }
  }

  /// Moves outputs toward their means.
  ///
  /// @param values the outputs just remembered; changed
  /// @param share 1 leaves them as they are, 0 puts the mean in their place
  void shrink(Matrix values, float share) {
    for (int r = 0; r < values.rows(); r++) {
      int at = values.rowOffset(r);
      for (int c = 0; c < mean.length; c++) {
        values.data()[at + c] = mean[c] + share * (values.data()[at + c] - mean[c]);
      }
    }
  }

  /// Puts means in place of the outputs of components, or zeros in place of gradients.
  ///
  /// @param values outputs or gradients; changed
  /// @param kept which of the model's components stay as they are
  /// @param gradients whether these are gradients
  void remove(Matrix values, boolean[] kept, boolean gradients) {
    for (int r = 0; r < values.rows(); r++) {
      int at = values.rowOffset(r);
      for (int c = 0; c < mean.length; c++) {
        if (!kept[first + c / width]) {
          values.data()[at + c] = gradients ? 0 : mean[c];
        }
      }
    }
  }

  /// Adds `-scale Σ_t gradient · (output - mean)` to every component's effect on every item.
  ///
  /// @param batch the items of the pass
  /// @param gradient of the loss for the outputs
  /// @param scale factor
  /// @param effects `[items, components of the model]`
  void add(ExampleBatch batch, Matrix gradient, double scale, float[][] effects) {
    double[] effect = new double[mean.length / width];
    for (int s = 0; s < batch.lengths().length; s++) {
      Arrays.fill(effect, 0);
      for (int t = 0; t < batch.lengths()[s]; t++) {
        addToken(gradient, batch.firstRow(s) + t, effect);
      }
      float[] item = effects[batch.examples()[s]];
      for (int c = 0; c < effect.length; c++) {
        item[first + c] -= (float) (scale * effect[c]);
      }
    }
  }

  private void addToken(Matrix gradient, int row, double[] effect) {
    int g = gradient.rowOffset(row);
    int a = row * mean.length;
    for (int c = 0; c < effect.length; c++) {
      double sum = 0;
      for (int i = c * width; i < (c + 1) * width; i++) {
        sum += gradient.data()[g + i] * (double) (activations[a + i] - mean[i]);
      }
      effect[c] += sum;
    }
  }
}
