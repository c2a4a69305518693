package ai.hartonomous.interpret.transcoder;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/// Puts coders in the place of what they predict: wherever a coder reads, its prediction is
/// computed from the live values; wherever it writes, the model's own values are overwritten with
/// it. What the coder misses is gone, so this is the replacement model, not the local one that
/// keeps the errors.
///
/// For one thread, like the kernels it computes with; the same instance serves any number of
/// passes.
public final class Replacement implements Hooks {
  private final Kernels kernels;
  private final IntPredicate spared;
  private final List<SparseCoder> coders;
  private final Map<HookPoint, List<SparseCoder>> readers = new HashMap<>();
  private final Map<HookPoint, Matrix> predictions = new HashMap<>();
  private final Latents latents = new Latents();

  /// Replaces every row.
  ///
  /// @param coders any number; no two write the same point
  /// @param kernels computes them; closed by its owner
  /// @throws IllegalArgumentException if two coders write the same point
  public Replacement(List<SparseCoder> coders, Kernels kernels) {
    this(coders, kernels, row -> false);
  }

  /// Replaces the rows that are not spared.
  ///
  /// @param coders any number; no two write the same point
  /// @param kernels computes them; closed by its owner
  /// @param spared rows of a pass (`b T + t`) that keep the model's own values, such as the special
  ///   token at the beginning
  /// @throws IllegalArgumentException if two coders write the same point
  public Replacement(List<SparseCoder> coders, Kernels kernels, IntPredicate spared) {
    this.coders = List.copyOf(coders);
    this.kernels = kernels;
    this.spared = spared;
    Set<HookPoint> written = new HashSet<>();
    for (SparseCoder coder : coders) {
      if (!written.add(coder.writes())) {
        throw new IllegalArgumentException("two coders write " + coder.writes().path());
      }
      readers.computeIfAbsent(coder.reads(), point -> new ArrayList<>()).add(coder);
    }
  }

  /// {@return the same coders, sparing other rows}
  ///
  /// @param rows rows of a pass (`b T + t`) that keep the model's own values
  public Replacement sparing(IntPredicate rows) {
    return new Replacement(coders, kernels, rows);
  }

  /// {@return the coders}
  public List<SparseCoder> coders() {
    return coders;
  }

  /// Reads or replaces the values at one point.
  ///
  /// @param point the place
  /// @param values live numbers
  /// @throws IllegalArgumentException if a coder has another width than the model
  /// @throws IllegalStateException if a coder reads what comes after the place it writes
  @Override
  public void at(HookPoint point, Matrix values) {
    for (SparseCoder coder : readers.getOrDefault(point, List.of())) {
      predictions.put(coder.writes(), prediction(coder, values));
    }
    Matrix prediction = predictions.remove(point);
    if (prediction != null) {
      overwrite(point, prediction, values);
    } else {
      checkNobodyWrites(point);
    }
  }

  private Matrix prediction(SparseCoder coder, Matrix values) {
    int width = coder.weights().inputWidth();
    if (values.cols() != width) {
      throw new IllegalArgumentException(
          "%s is %d wide, its coder reads %d"
              .formatted(coder.reads().path(), values.cols(), width));
    }
    Matrix y = Matrix.zeros(values.rows(), coder.weights().outputWidth());
    coder.encode(values, kernels, latents);
    coder.decode(latents, values, kernels, y);
    return y;
  }

  private void overwrite(HookPoint point, Matrix prediction, Matrix values) {
    if (values.cols() != prediction.cols() || values.rows() != prediction.rows()) {
      throw new IllegalArgumentException(
          "%s is %d x %d, its coder predicts %d x %d"
              .formatted(
                  point.path(),
                  values.rows(),
                  values.cols(),
                  prediction.rows(),
                  prediction.cols()));
    }
    for (int r = 0; r < values.rows(); r++) {
      if (!spared.test(r)) {
        System.arraycopy(
            prediction.data(),
            prediction.rowOffset(r),
            values.data(),
            values.rowOffset(r),
            values.cols());
      }
    }
  }

  private void checkNobodyWrites(HookPoint point) {
    for (SparseCoder coder : coders) {
      if (coder.writes().equals(point)) {
        throw new IllegalStateException(
            "the coder of %s reads %s, which comes later"
                .formatted(point.path(), coder.reads().path()));
      }
    }
  }
}
