package ai.hartonomous.interpret.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.evaluate.SubstitutionMeter.Sums;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.tensor.Matrix;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MetersTest {

  @Test
  void ratioOfOneTokenEachIsTheMeanWithItsUsualError() {
    var ratio = new Ratio();
    for (double x : new double[] {1, 2, 3, 6}) {
      ratio.add(x, 1);
    }

    // Deviations -2, -1, 0, 3: s² = 14 / 3, SE = s / √4.
    assertThat(ratio.estimate().value()).isEqualTo(3);
    assertThat(ratio.estimate().standardError()).isCloseTo(Math.sqrt(14.0 / 3 / 4), within(1e-12));
  }

  @Test
  void ratioWeighsSequencesByTheirLength() {
    var ratio = new Ratio();
    ratio.add(2, 1);
    ratio.add(6, 3);
    ratio.add(4, 4);

    // r = 12 / 8; e = 0.5, 1.5, -2; SE = √(3 / 2 (0.25 + 2.25 + 4)) / 8.
    assertThat(ratio.estimate().value()).isEqualTo(1.5);
    assertThat(ratio.estimate().standardError()).isCloseTo(Math.sqrt(1.5 * 6.5) / 8, within(1e-12));
  }

  @Test
  void oneSequenceHasNoError() {
    var ratio = new Ratio();
    ratio.add(2, 4);

    assertThat(ratio.estimate().value()).isEqualTo(0.5);
    assertThat(ratio.estimate().standardError()).isNaN();
    assertThat(new Ratio().estimate().value()).isNaN();
  }

  @Test
  void reconstructionOfTwoTokens() {
    // ȳ = (2, 1); Σ‖y-ȳ‖² = 2 + 2; Σ‖y-ŷ‖² = 1 + 0.
    Reconstruction result =
        measure(new float[] {3, 0, 1, 2}, new float[] {3, 1, 1, 2}, 2, new double[] {2, 1});

    assertThat(result.fvu().value()).isEqualTo(0.25);
    assertThat(result.explainedVariance().value()).isEqualTo(0.75);
    assertThat(result.cosine().value()).isCloseTo((3 / Math.sqrt(10) + 1) / 2, within(1e-12));
    assertThat(result.normRatio().value()).isCloseTo((Math.sqrt(10) / 3 + 1) / 2, within(1e-12));
    assertThat(result.relativeError().value()).isCloseTo((1.0 / 3 + 0) / 2, within(1e-12));
  }

  @Test
  void zerosHaveNoAngle() {
    Reconstruction result =
        measure(new float[] {0, 0, 1, 0}, new float[] {1, 0, 0, 0}, 2, new double[] {0.5, 0});

    assertThat(result.cosine().value()).isNaN();
    assertThat(result.normRatio().value()).isZero();
    assertThat(result.fvu().value()).isEqualTo(4);
  }

  @Test
  void predictingTheMeanExplainsNothing() {
    float[] y = numbers(7, 40, 0);

    Reconstruction result = measure(y, repeated(mean(y, 4), 10), 4, mean(y, 4));

    assertThat(result.fvu().value()).isCloseTo(1, within(1e-6));
  }

  /// Where `y` has a large mean, SAELens before 6.45.1 takes `E[x²]` for `E[x]`, and
  /// dictionary_learning forgives any constant error.
  @Test
  void meanOfTargetAndErrorIsTreatedRightly() {
    int width = 4;
    float[] centred = numbers(7, 4000, 0);
    float[] y = numbers(7, 4000, 50);
    float[] predicted = y.clone();
    for (int i = 0; i < predicted.length; i++) {
      predicted[i] = y[i] - 0.5f * centred[i] + 1;
    }

    double found = measure(y, predicted, width, mean(y, width)).fvu().value();

    // The error is 0.5 of the deviation and a constant 1: both count.
    double variance = spread(y, mean(y, width), width);
    double[] none = new double[width];
    float[] error = difference(y, predicted);
    assertThat(found).isCloseTo(spread(error, none, width) / variance, within(1e-6));
    double constant = y.length / variance;
    assertThat(found).isCloseTo(0.25 + constant, within(0.01 * found));

    double forgiving = spread(error, mean(error, width), width) / variance;
    assertThat(forgiving).as("dictionary_learning").isCloseTo(0.25, within(0.01));
    double rows = y.length / (double) width;
    double square = spread(y, none, width) / rows;
    double scalar = square / width;
    double former = spread(error, none, width) / rows / (square - scalar * scalar);
    assertThat(Math.abs(former - found)).as("SAELens before 6.45.1").isGreaterThan(0.5 * found);
  }

  @Test
  void largeMeansCostNoDigits() {
    int width = 3;
    float[] y = numbers(5, 300, 0);
    float[] shifted = new float[y.length];
    float[] predicted = new float[y.length];
    for (int i = 0; i < y.length; i++) {
      shifted[i] = 4096 + Math.round(64 * y[i]) / 64f; // exact in float
      predicted[i] = shifted[i] + (i % 2 == 0 ? 0.25f : -0.125f);
    }
    double[] mean = mean(shifted, width);

    double found = measure(shifted, predicted, width, mean).fvu().value();

    double missed = 150 * (0.0625 + 0.015625);
    assertThat(found).isCloseTo(missed / spread(shifted, mean, width), within(1e-12));
  }

  @Test
  void sparsityOfFourTokens() {
    var meter = new SparsityMeter(4);
    var latents = new Latents();
    int[][] active = {{0}, {0, 1}, {0}, {0, 1, 3}};
    for (int[] row : active) {
      for (int latent : row) {
        latents.add(latent, 0.5f);
      }
      latents.endRow();
    }
    for (int r = 0; r < 4; r++) {
      meter.add(latents, r);
      if (r % 2 == 1) {
        meter.endSequence();
      }
    }

    Sparsity result = meter.result();

    assertThat(result.tokens()).isEqualTo(4);
    assertThat(result.l0().value()).isEqualTo(1.75);
    assertThat(result.l0().standardError()).isCloseTo(0.25, within(1e-12)); // means 1.5 and 2
    assertThat(result.medianL0()).isEqualTo(1);
    assertThat(result.highL0()).isEqualTo(3);
    assertThat(result.dead()).isEqualTo(1);
    assertThat(result.deadShare()).isEqualTo(0.25);
    assertThat(result.bands()).isEqualTo(new Sparsity.Bands(1, 1, 1, 3, 3));
    // f = 1, 0.5, 0.25: log10 is 0, -0.3, -0.6.
    assertThat(result.histogram())
        .containsExactly(new Sparsity.Bin(-1, -0.5, 1), new Sparsity.Bin(-0.5, 0, 2));
  }

  @Test
  void substitutionOfTwoSequences() {
    var meter = new SubstitutionMeter();
    meter.add(new Sums(6, 3, 1.5, 2, 3));
    meter.add(new Sums(1, 1, 0, 1, 1));
    meter.add(new Sums(0, 0, 0, 0, 0));

    Substitution result = meter.result();

    assertThat(result.crossEntropy().value()).isEqualTo(7.0 / 4);
    assertThat(result.perSequence().value()).isEqualTo((2.0 + 1) / 2);
    assertThat(result.increase().value()).isEqualTo(3.0 / 4);
    assertThat(result.divergence().value()).isEqualTo(1.5 / 4);
    assertThat(result.agreement().value()).isEqualTo(3.0 / 4);
  }

  @Test
  void recoveryIsTheShareOfWhatAblationDestroys() {
    var meter = new RecoveryMeter();
    meter.add(new Sums(6, 4, 1, 0, 2), new Sums(12, 4, 5, 0, 2));
    meter.add(new Sums(3, 2, 1, 0, 1), new Sums(4, 2, 3, 0, 1));

    Recovery result = meter.result();

    // (16 - 9) / (16 - 6), not its reciprocal; (8 - 2) / 8.
    assertThat(result.crossEntropy().value()).isEqualTo(0.7);
    assertThat(result.divergence().value()).isEqualTo(0.75);
    assertThat(result.ablated().crossEntropy().value()).isEqualTo(16.0 / 3);
  }

  private static Reconstruction measure(float[] y, float[] predicted, int width, double[] mean) {
    var meter = new ReconstructionMeter(mean);
    int rows = y.length / width;
    for (int r = 0; r < rows; r++) {
      meter.add(Matrix.of(y, rows, width), Matrix.of(predicted, rows, width), r);
      meter.endSequence();
    }
    return meter.result();
  }

  private static float[] numbers(long seed, int count, float shift) {
    var random = new SplittableRandom(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian() + shift;
    }
    return numbers;
  }

  private static double[] mean(float[] y, int width) {
    double[] mean = new double[width];
    for (int i = 0; i < y.length; i++) {
      mean[i % width] += y[i] * (double) width / y.length;
    }
    return mean;
  }

  private static double spread(float[] y, double[] around, int width) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += (y[i] - around[i % width]) * (y[i] - around[i % width]);
    }
    return sum;
  }

  private static float[] repeated(double[] row, int times) {
    float[] all = new float[row.length * times];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) row[i % row.length];
    }
    return all;
  }

  private static float[] difference(float[] a, float[] b) {
    float[] result = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = a[i] - b[i];
    }
    return result;
  }
}
