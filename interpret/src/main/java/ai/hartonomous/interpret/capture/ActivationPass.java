package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.List;

/// Runs a model over a group and keeps what stands at some hook points in the rows that count.
final class ActivationPass {
  private final Transformer transformer;
  private final Trace trace;
  private final RowGather gather;

  /// Ends a pass once everything was read: the layers above and the logits are not computed.
  private static final class Finished extends RuntimeException {
    private static final long serialVersionUID = 1;

    Finished() {
      super("everything was read", null, false, false);
    }
  }

  /// Prepares passes.
  ///
  /// @param transformer the model
  /// @param points what to read, each once
  /// @throws IllegalArgumentException if the model has no such point, or it is not one row per
  ///   token
  ActivationPass(Transformer transformer, List<HookPoint> points) {
    this.transformer = transformer;
    trace = transformer.trace(Trace.Keep.INFERENCE);
    gather = new RowGather(transformer.config(), points);
  }

  /// Runs the model.
  ///
  /// @param group what it reads
  void run(Group group) {
    gather.begin(group.rows());
    try {
      transformer.forward(
          group.batch(),
          trace,
          (point, values) -> {
            gather.at(point, values);
            if (gather.isComplete()) {
              throw new Finished();
            }
          });
    } catch (Finished _) {
      return; // as intended: nothing above is wanted
    }
  }

  /// {@return what the last pass had at one point, in the rows that count; valid until the next
  /// one}
  ///
  /// @param point one of the points
  Matrix values(HookPoint point) {
    return gather.values(point);
  }
}
