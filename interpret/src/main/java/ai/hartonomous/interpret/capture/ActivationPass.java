package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs a model over a group and keeps what stands at some hook points in the rows that count.
final class ActivationPass {
  private final Transformer transformer;
  private final Trace trace;
  private final List<HookPoint> points;
  private final Map<HookPoint, float[]> buffers = new HashMap<>();
  private int rows;

  /// Ends a pass once everything was read: the layers above and the logits are not computed.
  private static final class Finished extends RuntimeException {
    private static final long serialVersionUID = 1;

    Finished() {
      super("everything was read", null, false, false);
    }
  }

  /// Prepares passes.
  ///
  /// @param transformer the model; used by this until the last pass
  /// @param points what to read, each once
  /// @throws IllegalArgumentException if the model has no such point, or it is not one row per
  ///   token
  ActivationPass(Transformer transformer, List<HookPoint> points) {
    this.transformer = transformer;
    this.points = List.copyOf(points);
    trace = transformer.trace(Trace.Keep.INFERENCE);
    for (HookPoint point : points) {
      width(transformer.config(), point);
      buffers.put(point, new float[0]);
    }
  }

  /// {@return numbers in one row of a hook point}
  ///
  /// @throws IllegalArgumentException if the model has no such point, or it is not one row per
  ///   token
  static int width(ModelConfig config, HookPoint point) {
    boolean afterLayers = point.site() == Site.FINAL_NORM || point.site() == Site.LOGITS;
    int layers = afterLayers ? 1 : config.layers().size();
    if (point.layer() < 0 || point.layer() >= layers) {
      throw new IllegalArgumentException("the model has no " + point.path());
    }
    if (afterLayers) {
      boolean logits = point.site() == Site.LOGITS;
      return logits ? config.extents().outputs() : config.extents().width();
    }
    LayerConfig layer = config.layers().get(point.layer());
    return switch (point.site()) {
      case ATTENTION_PATTERN ->
          throw new IllegalArgumentException(point.path() + " is not one row per token");
      case HEAD_OUTPUT -> layer.heads() * config.extents().headWidth();
      case NEURONS, MLP_INPUT, MLP_OUTPUT -> mlpWidth(config, layer, point);
      default -> config.extents().width();
    };
  }

  private static int mlpWidth(ModelConfig config, LayerConfig layer, HookPoint point) {
    if (layer.neurons() == 0) {
      throw new IllegalArgumentException("the model has no " + point.path());
    }
    return point.site() == Site.NEURONS ? layer.neurons() : config.extents().width();
  }

  /// Runs the model.
  ///
  /// @param group what it reads
  void run(Group group) {
    rows = group.rows().length;
    var hooks = new Gather(group.rows());
    try {
      transformer.forward(group.batch(), trace, hooks);
    } catch (Finished _) {
      return; // as intended: nothing above is wanted
    }
  }

  /// {@return what the last pass had at one point, in the rows that count; valid until the next
  /// one}
  ///
  /// @param point one of the points
  Matrix values(HookPoint point) {
    float[] buffer = buffers.get(point);
    if (buffer == null) {
      throw new IllegalArgumentException(point.path() + " is not read");
    }
    return Matrix.of(buffer, rows, width(transformer.config(), point));
  }

  private final class Gather implements Hooks {
    private final int[] wanted;
    private int left = points.size();

    Gather(int[] wanted) {
      this.wanted = wanted;
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
      if (--left == 0) {
        throw new Finished();
      }
    }
  }
}
