package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.transformer.ModelConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;

/// What a checkpoint says it is.
///
/// @param config the model
/// @param places where its weights stand
/// @param ignored tensors that may be there besides: buffers that can be computed
record Plan(ModelConfig config, ModelPlaces places, Predicate<String> ignored) {

  /// How much a checkpoint can hold, so that nothing is allocated for a configuration that claims
  /// more.
  ///
  /// @param tensors number of tensors
  /// @param elements numbers in all of them
  record Bounds(int tensors, long elements) {
    /// More than any model has, and few enough for their descriptions to fit anywhere.
    static final int MAX_LAYERS = 4096;

    private static final long MAX_ROWS = 1 << 28;

    static Bounds of(Map<String, StoredTensor> tensors) {
      long elements = 0;
      for (StoredTensor tensor : tensors.values()) {
        elements += tensor.elements();
      }
      return new Bounds(tensors.size(), elements);
    }

    /// Checks that the layers' query projections fit into the checkpoint.
    void check(Path file, int layers, int heads, int headWidth) throws CheckpointException {
      double rows = (double) layers * heads * headWidth;
      if (layers > Math.min(tensors, MAX_LAYERS) || rows > Math.min(elements, MAX_ROWS)) {
        throw new CheckpointException(
            file,
            "its numbers of layers and heads",
            "at most %d layers, and what %d tensors with %d numbers can hold"
                .formatted(MAX_LAYERS, tensors, elements),
            "%d layers of %d heads of %d".formatted(layers, heads, headWidth));
      }
    }
  }
}
