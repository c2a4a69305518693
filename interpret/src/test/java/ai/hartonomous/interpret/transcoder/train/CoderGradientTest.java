package ai.hartonomous.interpret.transcoder.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Revival;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Skip;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Gradients against central differences of {@link PlainLoss}. A step of gradient descent at rate 1
/// moves every weight by its gradient, so what the training computed is read off its weights.
class CoderGradientTest {
  private static final int ROWS = 24;
  private static final int WIDTH = 6;
  private static final int LATENTS = 10;

  /// Small beside the distances between pre-activations, so that no selection changes.
  private static final double STEP = 1e-6;

  static Stream<CoderRecipe> variants() {
    CoderRecipe base =
        CoderRecipe.of(LATENTS, 3, 1, 1_000_000, 5).with(new CoderOptimizer.Descent(1));
    return Stream.of(
        base,
        base.with(Skip.NONE),
        base.with(Skip.IDENTITY),
        base.with(new Sparsity.BatchTopK(3)),
        base.with(new Sparsity.L1(0.3)),
        base.with(new Sparsity.L1(0)).with(Skip.NONE),
        base.with(new Sparsity.JumpRelu(2, 0.5, 0.001f, 0.2f)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void gradientsAreThoseOfTheLoss(CoderRecipe recipe) {
    var sample = new Sample(recipe);
    var plain = new PlainLoss(recipe, sample.trainer.variables, sample.x, sample.y);

    Moves moves = sample.step();

    check(moves.encoder, plain.encoder, plain::value);
    check(moves.encoderBias, plain.encoderBias, plain::value);
    check(moves.decoder, plain.decoder, plain::value);
    check(moves.bias, plain.bias, plain::value);
    check(moves.skip, plain.skip, plain::value);
  }

  @Test
  void deadLatentsLearnToPredictTheErrorInEncoderAndDecoder() {
    // The last four latents never win against the first six, whose biases are high.
    CoderRecipe recipe =
        CoderRecipe.of(LATENTS, 3, 1, 1, 5)
            .with(new CoderOptimizer.Descent(1))
            .with(new Revival(0.5, 4, 1));
    int[] dead = {6, 7, 8, 9};
    var sample = new Sample(recipe);
    CoderVariables variables = sample.trainer.variables;
    for (int i = 0; i < 6; i++) {
      variables.weights().bias()[i] += 20;
      sample.trainer.activity.lastActive[i] = 1;
    }
    sample.trainer.activity.tokens[0] = 1;
    var plain = new PlainLoss(recipe, variables, sample.x, sample.y);
    double[][] errors = plain.errors();

    Moves moves = sample.step();

    DoubleSupplier loss = () -> plain.auxiliary(dead, errors);
    double encoderGradient = 0;
    for (int i : dead) {
      for (int c = 0; c < WIDTH; c++) {
        int at = i * WIDTH + c;
        assertThat(moves.encoder[at]).isCloseTo(slope(plain.encoder, at, loss), within(2e-5));
        assertThat(moves.decoder[at]).isCloseTo(slope(plain.decoder, at, loss), within(2e-5));
        encoderGradient += Math.abs(moves.encoder[at]);
      }
      assertThat(moves.encoderBias[i]).isCloseTo(slope(plain.encoderBias, i, loss), within(2e-5));
    }
    assertThat(encoderGradient).isGreaterThan(1e-3);
    // The living are moved by the main loss alone, and so is the bias.
    assertThat(moves.encoder[0]).isCloseTo(slope(plain.encoder, 0, plain::value), within(2e-5));
    assertThat(moves.bias[0]).isCloseTo(slope(plain.bias, 0, plain::value), within(2e-5));
  }

  @Test
  void fewDeadLatentsWeighInProportion() {
    double[] sizes = new double[2];
    for (int candidates : new int[] {1, 4}) {
      CoderRecipe recipe =
          CoderRecipe.of(LATENTS, 3, 1, 1, 5)
              .with(new CoderOptimizer.Descent(1))
              .with(new Revival(0.5, candidates, 1));
      var sample = new Sample(recipe);
      for (int i = 0; i < LATENTS; i++) {
        sample.trainer.variables.weights().bias()[i] += i == 9 ? 0 : 20;
        sample.trainer.activity.lastActive[i] = i == 9 ? 0 : 1;
      }
      sample.trainer.activity.tokens[0] = 1;

      sizes[candidates / 4] = Math.abs(sample.step().encoderBias[9]);
    }

    assertThat(sizes[1]).isCloseTo(sizes[0] / 4, within(1e-6 + 1e-4 * sizes[0]));
  }

  /// One latent, pre-activations spread evenly about the threshold: there the straight-through
  /// gradient is the mean slope of the loss, which no single batch has.
  @Test
  void thresholdsFollowTheMeanSlopeOfTheLoss() {
    int rows = 20_000;
    float bandwidth = 0.2f;
    var jump = new Sparsity.JumpRelu(0.3, 0.4, bandwidth, 0.5f);
    CoderRecipe recipe =
        CoderRecipe.of(1, 1, 1, 1_000_000, 5)
            .with(Skip.NONE)
            .with(jump)
            .with(new CoderOptimizer.Descent(1));
    var trainer = new CoderTrainer(recipe, HookPair.mlp(0), 1, 1);
    trainer.variables.weights().encoder().data()[0] = 1;
    trainer.variables.weights().decoder().data()[0] = 0.7f;
    trainer.variables.logThresholds.weights[0] = (float) Math.log(0.5);
    Matrix x = Matrix.zeros(rows, 1);
    Matrix y = Matrix.zeros(rows, 1);
    for (int r = 0; r < rows; r++) {
      x.data()[r] = (float) r / rows;
      y.data()[r] = (float) Math.sin(3.0 * r / rows);
    }
    var plain = new PlainLoss(recipe, trainer.variables, x, y);
    double reach = 0.1;
    double mean = (lossAt(plain, 0.5 + reach) - lossAt(plain, 0.5 - reach)) / (2 * reach);

    try (Tools tools = Tools.of(1)) {
      trainer.step(x, y, 0, tools);
    }

    double moved = Math.log(0.5) - trainer.variables.logThresholds.weights[0];
    // d/dt = θ d/dθ; the slope changes a little over the window.
    assertThat(moved).isCloseTo(0.5 * mean, within(0.05 * Math.abs(0.5 * mean)));
  }

  private static double lossAt(PlainLoss plain, double threshold) {
    plain.thresholds[0] = threshold;
    return plain.value();
  }

  private static void check(double[] moved, double[] weights, DoubleSupplier loss) {
    for (int i = 0; i < weights.length; i++) {
      assertThat(moved[i]).as("number %d", i).isCloseTo(slope(weights, i, loss), within(2e-5));
    }
  }

  private static double slope(double[] weights, int at, DoubleSupplier loss) {
    double before = weights[at];
    weights[at] = before + STEP;
    double above = loss.getAsDouble();
    weights[at] = before - STEP;
    double below = loss.getAsDouble();
    weights[at] = before;
    return (above - below) / (2 * STEP);
  }

  /// How far a step moved each number, downwards.
  private record Moves(
      double[] encoder, double[] encoderBias, double[] decoder, double[] bias, double[] skip) {}

  private static final class Sample {
    final CoderTrainer trainer;
    final Matrix x = random(ROWS, WIDTH, 1);
    final Matrix y = random(ROWS, WIDTH, 2);

    Sample(CoderRecipe recipe) {
      trainer = new CoderTrainer(recipe, HookPair.mlp(0), WIDTH, WIDTH);
      CoderVariables v = trainer.variables;
      fill(v.weights().encoder().data(), 3);
      fill(v.weights().bias(), 4);
      fill(v.weights().decoder().data(), 5);
      fill(v.bias.weights, 6);
      fill(v.skip.weights, 7);
      Arrays.fill(v.logThresholds.weights, (float) Math.log(0.2));
    }

    Moves step() {
      CoderVariables v = trainer.variables;
      List<float[]> numbers =
          List.of(
              v.weights().encoder().data(),
              v.weights().bias(),
              v.weights().decoder().data(),
              v.bias.weights,
              v.skip.weights);
      List<float[]> before = numbers.stream().map(float[]::clone).toList();
      try (Tools tools = Tools.of(1)) {
        trainer.step(x, y, 0, tools);
      }
      double[][] moves = new double[numbers.size()][];
      for (int n = 0; n < moves.length; n++) {
        moves[n] = new double[numbers.get(n).length];
        for (int i = 0; i < moves[n].length; i++) {
          moves[n][i] = (double) before.get(n)[i] - numbers.get(n)[i];
        }
      }
      return new Moves(moves[0], moves[1], moves[2], moves[3], moves[4]);
    }

    private static Matrix random(int rows, int cols, long seed) {
      Matrix m = Matrix.zeros(rows, cols);
      fill(m.data(), seed);
      return m;
    }

    private static void fill(float[] numbers, long seed) {
      var random = new SplittableRandom(seed);
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) random.nextDouble(-1, 1);
      }
    }
  }
}
