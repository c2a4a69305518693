package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Bf16Matrix;
import ai.hartonomous.tensor.GroupedMatrix;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Q4Matrix;
import ai.hartonomous.tensor.Q8Matrix;
import ai.hartonomous.tensor.Weight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ServingFormatTest {
  @TempDir Path folder;

  static Stream<Tiny.Named> models() {
    return Tiny.all(8).stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void storedBfloatsKeepTheirNumbersInHalfTheMemory(Tiny.Named named) throws IOException {
    HuggingFaceWriter.write(named.model(), folder, Dtype.BF16, null);

    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      Model exact = checkpoint.load();
      Model served = checkpoint.load(ServingFormat.STORED);

      assertThat(served.weights().tokens()).isInstanceOf(Bf16Matrix.class);
      assertSameNumbers(served, exact);
      assertThat(logits(served)).isEqualTo(logits(checkpoint.load(ServingFormat.F32)));
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(names = {"Q8_0", "Q4_0"})
  void storedBlocksKeepTheirNumbers(Dtype dtype) throws IOException {
    Path file = folder.resolve("m.gguf");
    GgufWriter.write(Tiny.wide(3), file, dtype, null);

    try (Checkpoint checkpoint = Checkpoints.open(file)) {
      Model served = checkpoint.load(ServingFormat.STORED);

      Class<?> expected = dtype == Dtype.Q8_0 ? Q8Matrix.class : Q4Matrix.class;
      assertThat(matrices(served)).allMatch(expected::isInstance);
      assertSameNumbers(served, checkpoint.load());
    }
  }

  @Test
  void roundingToFourBitsIsWritingAndReadingThem() throws IOException {
    Path file = folder.resolve("m.gguf");
    Model model = Tiny.wide(3);
    GgufWriter.write(model, file, Dtype.Q4_0, null);

    try (Checkpoint checkpoint = Checkpoints.open(file)) {
      assertThat(matrices(ServingFormat.Q4_0.convert(model)))
          .isEqualTo(matrices(checkpoint.load(ServingFormat.STORED)));
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void loadingInAFormatIsConvertingToIt(ServingFormat format) throws IOException {
    HuggingFaceWriter.write(Tiny.wide(3), folder, Dtype.F32, null);

    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      Model loaded = checkpoint.load(format);
      Model converted = format.convert(checkpoint.load());

      assertThat(matrices(loaded)).isEqualTo(matrices(converted));
      assertThat(loaded.weights().isTied()).isEqualTo(converted.weights().isTied());
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(names = {"Q8_0", "Q4_0"})
  void whatIsNotWholeBlocksStaysInFloats(ServingFormat format) {
    Model narrow = format.convert(Tiny.llama(1));

    assertThat(matrices(narrow)).anyMatch(GroupedMatrix.class::isInstance);
    assertThat(logits(narrow)).doesNotContain(Float.NaN);
  }

  /// The same numbers in other places give other roundings of sums alone; those are some units of
  /// 2^-24 of numbers below 10.
  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void anOtherOrderOfTheSameFloatsComputesTheSame(Tiny.Named named) {
    float[] expected = logits(named.model());

    float[] served = logits(ServingFormat.F32.convert(named.model()));

    for (int i = 0; i < expected.length; i++) {
      assertThat((double) Math.abs(served[i] - expected[i])).isLessThan(1e-4);
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void aModelReadsAloneWhatItReadsInOnePass(ServingFormat format) {
    Model model = format.convert(Tiny.wide(5));
    int[] ids = {1, 5, 3, 9, 2, 7};
    try (Kernels kernels = Kernels.of(2)) {
      var transformer = new Transformer(model, kernels);
      Trace trace = transformer.trace(Trace.Keep.INFERENCE);
      Matrix all = transformer.forward(Batch.of(ids), trace, Hooks.NONE);
      float[] last = new float[all.cols()];
      all.readRow(ids.length - 1, last, 0);
      var cache = new KvCache(model.config(), ids.length);

      float[] grown = new float[all.cols()];
      for (int id : ids) {
        transformer.extend(new int[] {id}, cache, trace, Hooks.NONE).readRow(0, grown, 0);
      }

      // Six rows are few enough for independent products; attention adds up in another order.
      for (int i = 0; i < last.length; i++) {
        assertThat((double) Math.abs(grown[i] - last[i])).isLessThan(1e-4);
      }
    }
  }

  private static void assertSameNumbers(Model served, Model exact) {
    List<Weight> found = matrices(served);
    List<Weight> expected = matrices(exact);
    for (int m = 0; m < expected.size(); m++) {
      Weight weight = expected.get(m);
      float[] row = new float[weight.cols()];
      float[] expectedRow = new float[weight.cols()];
      for (int r = 0; r < weight.rows(); r++) {
        found.get(m).readRow(r, row, 0);
        weight.readRow(r, expectedRow, 0);
        assertThat(row).isEqualTo(expectedRow);
      }
    }
  }

  private static float[] logits(Model model) {
    int count = Math.min(3, model.config().extents().positions());
    int[] ids = Arrays.copyOf(new int[] {1, 2, 0}, count);
    return SameModel.logits(model, ids);
  }

  private static List<Weight> matrices(Model model) {
    Stream<Weight> layers = model.weights().layers().stream().flatMap(ServingFormatTest::matrices);
    return Stream.concat(
            Stream.of(model.weights().tokens(), model.weights().output().weight()), layers)
        .toList();
  }

  private static Stream<Weight> matrices(LayerWeights layer) {
    LayerWeights.Attention a = layer.attention();
    Stream<LayerWeights.Linear> attention = Stream.of(a.query(), a.key(), a.value(), a.output());
    LayerWeights.Mlp mlp = layer.mlp();
    Stream<LayerWeights.Linear> other = mlp == null ? Stream.of() : Stream.of(mlp.up(), mlp.down());
    return Stream.concat(attention, other).map(LayerWeights.Linear::weight);
  }
}
