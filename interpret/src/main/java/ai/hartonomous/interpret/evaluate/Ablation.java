package ai.hartonomous.interpret.evaluate;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.tensor.Matrix;
import java.util.Map;
import java.util.function.IntPredicate;

/// Overwrites every row at some hook points with one and the same row.
///
/// @param rows what is written, for each point
/// @param spared rows of a pass that keep the model's own values
record Ablation(Map<HookPoint, float[]> rows, IntPredicate spared) implements Hooks {

  @Override
  public void at(HookPoint point, Matrix values) {
    float[] row = rows.get(point);
    for (int r = 0; row != null && r < values.rows(); r++) {
      if (!spared.test(r)) {
        System.arraycopy(row, 0, values.data(), values.rowOffset(r), row.length);
      }
    }
  }
}
