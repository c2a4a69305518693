package ai.hartonomous.model.generate;

import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;

/// The first head of a layer, of which a plain pass changes what it writes.
final class ScaledHead {

  private ScaledHead() {}

  /// {@return hooks that multiply what the head writes}
  ///
  /// @param layer of the head
  /// @param width of each head
  /// @param factor what it is multiplied by
  static Hooks hooks(int layer, int width, float factor) {
    return (point, values) -> {
      if (point.site() == Site.HEAD_OUTPUT && point.layer() == layer) {
        for (int r = 0; r < values.rows(); r++) {
          for (int k = 0; k < width; k++) {
            values.data()[values.rowOffset(r) + k] *= factor;
          }
        }
      }
    };
  }
}
