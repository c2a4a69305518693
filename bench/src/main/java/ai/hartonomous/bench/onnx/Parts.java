package ai.hartonomous.bench.onnx;

import org.jspecify.annotations.Nullable;

/// Parts of a model that are optional in general, but not in the family a graph is written for.
final class Parts {

  private Parts() {}

  /// {@return the part}
  ///
  /// @throws IllegalArgumentException if the model lacks it
  static <T> T required(@Nullable T part, String name) {
    if (part == null) {
      throw new IllegalArgumentException("the model has no " + name);
    }
    return part;
  }
}
