package ai.hartonomous.interpret.capture;

import ai.hartonomous.interpret.transcoder.ActivationStream.Batch;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;

/// One batch of several hook pairs. Pairs that share a hook point share its matrix.
final class BatchBuffer {
  private final Map<HookPoint, Matrix> values = new LinkedHashMap<>();
  private final Batch batch;

  /// Makes an empty batch.
  ///
  /// @param pairs what is wanted, at least one pair
  /// @param rows rows of the batch
  /// @param width numbers in a row of each point
  BatchBuffer(List<HookPair> pairs, int rows, ToIntFunction<HookPoint> width) {
    List<Matrix> x = new ArrayList<>();
    List<Matrix> y = new ArrayList<>();
    for (HookPoint point : points(pairs)) {
      values.put(point, Matrix.zeros(rows, width.applyAsInt(point)));
    }
    for (HookPair pair : pairs) {
      x.add(Objects.requireNonNull(values.get(pair.reads())));
      y.add(Objects.requireNonNull(values.get(pair.writes())));
    }
    batch = new Batch(x, y);
  }

  /// {@return every point that some pair reads or writes, once}
  static List<HookPoint> points(List<HookPair> pairs) {
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("no hook pair is wanted");
    }
    Set<HookPoint> points = new LinkedHashSet<>();
    for (HookPair pair : pairs) {
      points.add(pair.reads());
      points.add(pair.writes());
    }
    return List.copyOf(points);
  }

  /// {@return the numbers of each point}
  Map<HookPoint, Matrix> values() {
    return values;
  }

  Batch batch() {
    return batch;
  }
}
