package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.ReferenceKernels;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Compares models that went through a file.
final class SameModel {
  private SameModel() {}

  /// Every weight is the same bit for bit; a bias that only the file has is zero.
  ///
  /// @param read what was read
  /// @param written what was written
  /// @param rounding what the file's number format does to a number
  static void assertWeights(Model read, Model written, UnaryOperator<Float> rounding) {
    Map<String, Parameter> expected = parameters(written);
    Map<String, Parameter> found = parameters(read);
    assertThat(found.keySet()).containsAll(expected.keySet());
    found.forEach(
        (name, parameter) -> {
          Parameter original = expected.get(name);
          float[] data =
              original == null ? new float[parameter.data().length] : rounded(original, rounding);
          assertThat(parameter.data()).as(name).isEqualTo(data);
        });
  }

  /// The description is the same, but for the family's name.
  static void assertConfig(ModelConfig read, ModelConfig written) {
    assertThat(read.extents()).isEqualTo(written.extents());
    assertThat(read.norm()).isEqualTo(written.norm());
    assertThat(read.block()).isEqualTo(written.block());
    assertThat(read.tied()).isEqualTo(written.tied());
    assertThat(read.positions()).usingRecursiveComparison().isEqualTo(written.positions());
    assertThat(read.layers()).usingRecursiveComparison().isEqualTo(written.layers());
  }

  /// The logits are the same bit for bit.
  static void assertLogits(Model read, Model written) {
    int[] ids = {1, 3, 2, 0, 4, 4, 1};
    assertThat(logits(read, ids)).isEqualTo(logits(written, ids));
  }

  /// {@return logits of all positions, `[T, outputs]`}
  static float[] logits(Model model, int... ids) {
    try (var kernels = new ReferenceKernels()) {
      var transformer = new Transformer(model, kernels);
      Trace trace = transformer.trace(Trace.Keep.INFERENCE);
      Matrix logits = transformer.forward(Batch.of(ids), trace, Hooks.NONE);
      float[] out = new float[logits.rows() * logits.cols()];
      for (int r = 0; r < logits.rows(); r++) {
        logits.readRow(r, out, r * logits.cols());
      }
      return out;
    }
  }

  private static float[] rounded(Parameter parameter, UnaryOperator<Float> rounding) {
    float[] data = parameter.data().clone();
    for (int i = 0; i < data.length; i++) {
      data[i] = rounding.apply(data[i]);
    }
    return data;
  }

  private static Map<String, Parameter> parameters(Model model) {
    return model.weights().parameters().stream()
        .collect(Collectors.toMap(Parameter::name, Function.identity()));
  }
}
