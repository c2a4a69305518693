package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.tensor.Matrix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Keeps some rows of what stands at some hook points during a pass.
public final class RowGather implements Hooks {
  private final Map<HookPoint, Integer> widths = new HashMap<>();
  private final Map<HookPoint, float[]> buffers = new HashMap<>();
  private int[] wanted = {};
  private int left;

  /// Prepares for passes of one model.
  ///
  /// @param config the model
  /// @param points what to keep
  /// @throws IllegalArgumentException if the model has no such point, or it is not one row per
  ///   token
  public RowGather(ModelConfig config, List<HookPoint> points) {
    for (HookPoint point : points) {
      widths.put(point, HookWidths.of(config, point));
      buffers.put(point, new float[0]);
    }
  }

  /// Begins a pass.
  ///
  /// @param rows rows to keep
  public void begin(int[] rows) {
    wanted = rows.clone();
    left = buffers.size();
  }

  /// {@return whether the pass went by every point}
  boolean isComplete() {
    return left == 0;
  }

  /// {@return the rows of the last pass at one point; valid until the next one}
  ///
  /// @param point one of the points
  public Matrix values(HookPoint point) {
    float[] buffer = buffers.get(point);
    Integer width = widths.get(point);
    if (buffer == null || width == null) {
      throw new IllegalArgumentException(point.path() + " is not kept");
    }
    return Matrix.of(buffer, wanted.length, width);
  }

  @Override
  public void at(HookPoint point, Matrix values) {
    float[] buffer = buffers.get(point);
    if (buffer == null) {
      return;
    }
    int size = wanted.length * values.cols();
    if (buffer.length < size) {
      buffer = new float[size];
      buffers.put(point, buffer);
    }
    for (int r = 0; r < wanted.length; r++) {
      values.readRow(wanted[r], buffer, r * values.cols());
    }
    left--;
  }
}
