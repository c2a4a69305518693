package ai.hartonomous.distill.prune;

import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;

/// Replaces the output of components by its mean while the whole model runs. The result is that of
/// {@link Pruner} with the same choice, so a cut can be measured before it is made.
public final class MeanAblation {

  private MeanAblation() {}

  /// {@return hooks that replace every component that `keep` does not name}
  ///
  /// @param config the model
  /// @param keep what stays as it is
  /// @param means what the others are replaced with
  public static Hooks hooks(ModelConfig config, Keep keep, ComponentMeans means) {
    int width = config.extents().headWidth();
    return (point, values) -> {
      switch (point.site()) {
        case HEAD_OUTPUT -> {
          int[] kept = keep.layers().get(point.layer()).heads();
          replace(values, kept, width, means.layers().get(point.layer()).heads());
        }
        case NEURONS -> {
          int[] kept = keep.layers().get(point.layer()).neurons();
          replace(values, kept, 1, means.layers().get(point.layer()).neurons());
        }
        default -> {}
      }
    };
  }

  private static void replace(Matrix values, int[] kept, int width, float[] means) {
    for (int c = 0; c < values.cols(); c += width) {
      if (Arrays.binarySearch(kept, c / width) < 0) {
        for (int r = 0; r < values.rows(); r++) {
          System.arraycopy(means, c, values.data(), values.rowOffset(r) + c, width);
        }
      }
    }
  }
}
