package ai.hartonomous.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {

  /// Probabilities 0.1, 0.4, 0.2, 0.25, 0.05, after one number that must not be read.
  private static final float[] LOGITS = {99f, log(0.1), log(0.4), log(0.2), log(0.25), log(0.05)};

  private static float log(double probability) {
    return (float) Math.log(probability);
  }

  private static double[] frequencies(Sampling sampling, int draws) {
    var sampler = new Sampler(sampling);
    double[] frequencies = new double[5];
    for (int i = 0; i < draws; i++) {
      frequencies[sampler.next(LOGITS, 1, 5)] += 1.0 / draws;
    }
    return frequencies;
  }

  // 40,000 draws: a standard error of at most 0.0025; 0.0125 is five of them.
  @ParameterizedTest(name = "temperature {0}, top-k {1}, top-p {2}, min-p {3}")
  @CsvSource({
    "1, 0, 1, 0, '0.1 0.4 0.2 0.25 0.05'",
    "0.5, 0, 1, 0, '0.0364 0.5818 0.1455 0.2273 0.0091'",
    "1, 3, 1, 0, '0 0.4706 0.2353 0.2941 0'",
    "1, 1, 1, 0, '0 1 0 0 0'",
    "1, 0, 0.6, 0, '0 0.6154 0 0.3846 0'",
    "1, 0, 0.66, 0, '0 0.4706 0.2353 0.2941 0'",
    "1, 0, 0.01, 0, '0 1 0 0 0'",
    "1, 0, 1, 0.3, '0 0.4706 0.2353 0.2941 0'",
    "1, 3, 0.7, 0, '0 0.6154 0 0.3846 0'",
    "0, 0, 1, 0, '0 1 0 0 0'",
  })
  void drawsByTheFilteredDistribution(
      double temperature, int topK, double topP, double minP, String expected) {
    double[] found = frequencies(new Sampling(temperature, topK, topP, minP, 7), 40_000);

    String[] parts = expected.split(" ", -1);
    for (int i = 0; i < 5; i++) {
      double probability = Double.parseDouble(parts[i]);
      double tolerance = probability == 0 || probability == 1 ? 0 : 0.0125;
      assertThat(found[i]).as("token %d", i).isCloseTo(probability, within(tolerance + 1e-9));
    }
  }

  @ParameterizedTest(name = "temperature {0}, top-k {1}, top-p {2}, min-p {3}")
  @CsvSource({
    "-0.1, 0, 1, 0, temperature",
    "NaN, 0, 1, 0, temperature",
    "101, 0, 1, 0, temperature",
    "1, -1, 1, 0, top-k",
    "1, 0, 0, 0, top-p",
    "1, 0, 1.1, 0, top-p",
    "1, 0, 1, -0.1, min-p",
    "1, 0, 1, 1.1, min-p",
  })
  void refusesWhatIsOutOfRange(
      double temperature, int topK, double topP, double minP, String name) {
    assertThatThrownBy(() -> new Sampling(temperature, topK, topP, minP, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(name);
  }

  @Test
  void greedyTakesTheFirstOfEquals() {
    assertThat(new Sampler(Sampling.GREEDY).next(new float[] {1, 2, 2, 0}, 0, 4)).isEqualTo(1);
  }
}
