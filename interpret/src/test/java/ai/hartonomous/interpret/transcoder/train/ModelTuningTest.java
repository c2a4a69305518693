package ai.hartonomous.interpret.transcoder.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.CoderKernels;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.RowOptimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelTuningTest {
  private static final float SMALL = 2e-3f;

  private final Kernels kernels = Kernels.of(1);
  private final CoderKernels coderKernels = CoderKernels.of(1);
  private final Batch batch = new Batch(new int[] {1, 5, 2, 7, 3, 4, 6, 8, 2, 1, 3, 5}, 2, 6);
  private final boolean[] counts = new boolean[12];

  ModelTuningTest() {
    Arrays.fill(counts, true);
    counts[11] = false;
  }

  @AfterEach
  void close() {
    kernels.close();
    coderKernels.close();
  }

  /// A small step down the gradient `g` at rate `r` lowers the loss by `r |g|²`, and `r g` is how
  /// far it moved the weights. Of one coder at a time, so that each path is seen by itself.
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"llama", "gpt2", "neox"})
  void theGradientIsThatOfTheDivergence(String name) {
    Model model =
        switch (name) {
          case "llama" -> Tiny.llama(3);
          case "gpt2" -> Tiny.gpt2(3);
          default -> Tiny.neox(3);
        };
    var transformer = new Transformer(model, kernels);
    List<SparseCoder> coders = coders(model);
    var tuning = new ModelTuning(transformer, coders, 0, coderKernels);
    double before = tuning.step(batch, counts, new RowOptimizer.Descent(SMALL)).divergence();

    List<SparseCoder> moved = tuning.coders();
    double expected = 0;
    for (int i = 0; i < coders.size(); i++) {
      double squares = squares(coders.get(i), moved.get(i));
      assertThat(squares).as("coder %d moves", i).isPositive();
      expected += squares / SMALL;
    }
    double after = loss(transformer, moved);

    assertThat(before).isCloseTo(loss(transformer, coders), within(1e-6));
    assertThat(before - after).isCloseTo(expected, within(0.05 * expected));
  }

  @Test
  void bringsTheReplacedModelCloserToTheModel() {
    Model model = Tiny.llama(3);
    var tuning = new ModelTuning(new Transformer(model, kernels), coders(model), 0, coderKernels);

    double first = tuning.step(batch, counts, 1e-2).divergence();
    double last = first;
    for (int step = 0; step < 60; step++) {
      last = tuning.step(batch, counts, 1e-2).divergence();
    }

    assertThat(last).isLessThan(first / 4);
  }

  /// With one coder nothing before it changes, so both terms together must fall as their gradient
  /// says.
  @Test
  void theGradientOfBothTermsIsThatOfTheirSum() {
    Model model = Tiny.llama(3);
    var transformer = new Transformer(model, kernels);
    List<SparseCoder> coders = coders(model).subList(1, 2);
    double weight = 3;
    var tuning = new ModelTuning(transformer, coders, weight, coderKernels);
    ModelTuning.Loss before = tuning.step(batch, counts, new RowOptimizer.Descent(1e-4f));
    double expected = squares(coders.getFirst(), tuning.coders().getFirst()) / 1e-4;

    ModelTuning.Loss after = tuning.step(batch, counts, new RowOptimizer.Descent(0));

    double fall =
        before.divergence()
            - after.divergence()
            + weight * (before.unexplained() - after.unexplained());
    assertThat(fall).isCloseTo(expected, within(0.05 * expected));
  }

  @Test
  void refusesTwoCodersAtOnePlace() {
    Model model = Tiny.llama(3);
    SparseCoder coder = coders(model).getFirst();

    assertThatThrownBy(
            () ->
                new ModelTuning(
                    new Transformer(model, kernels), List.of(coder, coder), 0, coderKernels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two coders at layers.0.mlp_input");
  }

  /// The loss that a step would begin with.
  private double loss(Transformer transformer, List<SparseCoder> coders) {
    return new ModelTuning(transformer, coders, 0, coderKernels)
        .step(batch, counts, new RowOptimizer.Descent(0))
        .divergence();
  }

  private static double squares(SparseCoder a, SparseCoder b) {
    List<float[]> before = numbers(a.weights());
    List<float[]> after = numbers(b.weights());
    double sum = 0;
    for (int n = 0; n < before.size(); n++) {
      for (int i = 0; i < before.get(n).length; i++) {
        double d = before.get(n)[i] - after.get(n)[i];
        sum += d * d;
      }
    }
    return sum;
  }

  private static List<float[]> numbers(CoderWeights w) {
    Matrix skip = w.skip();
    return List.of(
        w.encoder().data(),
        w.encoderBias(),
        w.decoder().data(),
        w.decoderBias(),
        skip == null ? new float[0] : skip.data());
  }

  private static List<SparseCoder> coders(Model model) {
    int width = model.config().extents().width();
    List<SparseCoder> coders = new ArrayList<>();
    for (int l = 0; l < model.config().layers().size(); l++) {
      HookPair pair = HookPair.mlp(l);
      var weights =
          new CoderWeights(
              scaled(24, width, 10 + l),
              new float[24],
              scaled(24, width, 20 + l),
              new float[width],
              null,
              l == 0 ? null : scaled(width, width, 30 + l));
      coders.add(
          new SparseCoder(pair.reads(), pair.writes(), new CoderActivation.TopK(6), weights));
    }
    return coders;
  }

  private static Matrix scaled(int rows, int cols, long seed) {
    Matrix m = Samples.random(rows, cols, seed);
    for (int i = 0; i < m.data().length; i++) {
      m.data()[i] *= 0.3f;
    }
    return m;
  }
}
