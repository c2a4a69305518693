package ai.hartonomous.model.transformer;

import ai.hartonomous.tensor.Matrix;

/// Called at every hook point of a pass with the live numbers.
///
/// In a forward pass what the hook writes is what the rest of the pass reads. In a backward pass it
/// sees the gradient of the loss for the value at that point, complete, and may add to it (a loss
/// term on that value) or overwrite it (to stop or freeze a path).
@FunctionalInterface
public interface Hooks {

  /// Does nothing.
  Hooks NONE = (point, values) -> {};

  /// Reads or replaces the values at one point.
  ///
  /// @param point the place
  /// @param values live numbers, valid during this call only; patterns come as `[B H T, S]`
  void at(HookPoint point, Matrix values);

  /// {@return hooks that call this one, then `next`}
  ///
  /// @param next called second
  default Hooks andThen(Hooks next) {
    return (point, values) -> {
      at(point, values);
      next.at(point, values);
    };
  }
}
