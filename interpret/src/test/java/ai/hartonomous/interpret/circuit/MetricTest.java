package ai.hartonomous.interpret.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.circuit.ContrastItem.Target;
import ai.hartonomous.tensor.Matrix;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricTest {
  private static final ContrastItem ITEM =
      new ContrastItem(
          "x",
          new int[] {1, 2, 3},
          null,
          List.of(
              new Target(1, new int[] {0, 3}, new int[] {1}),
              new Target(2, new int[] {2}, new int[] {0, 4})));

  private static Matrix random(long seed) {
    var random = new SplittableRandom(seed);
    float[] data = new float[15];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextGaussian();
    }
    return Matrix.of(data, 3, 5);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void slopesAgreeWithCentralDifferences(Metric metric) {
    Matrix clean = random(1);
    Matrix logits = random(2);
    Matrix gradient = Matrix.zeros(3, 5);

    metric.addGradient(ITEM, logits, clean, gradient);

    for (int i = 0; i < 15; i++) {
      float kept = logits.data()[i];
      logits.data()[i] = kept + 1e-2f;
      double up = metric.value(ITEM, logits, clean);
      logits.data()[i] = kept - 1e-2f;
      double down = metric.value(ITEM, logits, clean);
      logits.data()[i] = kept;
      // the cubic term of these functions is below 1, times a step squared of 1e-4
      assertThat((double) gradient.data()[i]).isCloseTo((up - down) / 2e-2, within(2e-4));
    }
  }

  @Test
  void divergenceIsASumInNatsAndNotAMeanOverTheVocabulary() {
    Matrix clean = Matrix.of(new float[] {(float) Math.log(3), 0}, 1, 2);
    Matrix logits = Matrix.of(new float[] {0, 0}, 1, 2);
    var item =
        new ContrastItem("x", new int[] {1}, null, List.of(new Target(0, new int[0], new int[0])));

    double expected = -(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5));

    assertThat(Metric.DIVERGENCE.value(item, logits, clean)).isCloseTo(expected, within(1e-7));
  }

  @Test
  void distanceAndDivergenceAreFlatAtTheCleanPass() {
    Matrix clean = random(1);
    for (Metric metric : Metric.values()) {
      Matrix gradient = Matrix.zeros(3, 5);
      metric.addGradient(ITEM, clean, clean, gradient);
      boolean flat = true;
      for (float slope : gradient.data()) {
        flat &= Math.abs(slope) < 1e-7;
      }
      assertThat(flat).as(metric.label()).isEqualTo(metric.isFlatAtClean());
    }
  }
}
